"""Plain calls beside the client they stand in for: the same request on the wire, the same answer out of it,
and the client itself for everything that is not a plain 200."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ConnectionClosedError
from urllib3.util import connection

from doorbell.store.dynamodb.plain_calls import PlainCalls
from doorbell.store.dynamodb.tables import unmarshal
from tests.integration.egress.certificates import Authority
from tests.integration.plain_service import CREDENTIALS, Service, answering, client_of

STATEMENTS = {
    "Statements": [
        {"Statement": 'UPDATE "t" SET "é" = ?', "Parameters": [{"S": "ünï"}, {"N": "1.5"}, {"B": b"\x00"}]}
    ]
}
KEYS = {"RequestItems": {"t": {"Keys": [{"id": {"S": "evt_1"}}]}}}
QUERY = {
    "TableName": "t",
    "KeyConditionExpression": "id = :id",
    "ExpressionAttributeValues": {":id": {"S": "1"}},
}
ITEM = {
    "id": {"S": "evt_1"},
    "body": {"B": "AP8="},
    "B": {"S": "an attribute's name"},
    "map": {"M": {"B": {"B": "AQ=="}, "N": {"N": "2"}, "none": {"NULL": True}}},
    "list": {"L": [{"B": ""}, {"BOOL": False}]},
    "bytes": {"BS": ["AA==", "AQ=="]},
}
OPERATIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "batch_execute_statement": (STATEMENTS, {"Responses": [{"TableName": "t", "Item": ITEM}, {}]}),
    "batch_get_item": (KEYS, {"Responses": {"t": [ITEM]}, "UnprocessedKeys": {}}),
    "query": (QUERY, {"Items": [ITEM], "Count": 1, "LastEvaluatedKey": {"id": {"S": "evt_1"}}}),
}


@pytest.fixture
def dynamo() -> Iterator[Service]:
    with answering() as service:
        yield service


def plain_of(client: Any, told: list[tuple[str, str]]) -> PlainCalls:
    return PlainCalls(client, CREDENTIALS, None, lambda operation, cause: told.append((operation, cause)))


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def both(dynamo: Service, told: list[tuple[str, str]]) -> tuple[PlainCalls, Any]:
    client = client_of(dynamo.url)
    return plain_of(client, told), client


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_request_is_the_clients_own_signature_and_all(
    operation: str, dynamo: Service, both: tuple[PlainCalls, Any], told: list[tuple[str, str]]
) -> None:
    request, answer = OPERATIONS[operation]
    dynamo.answers = [(200, json.dumps(answer))]
    of_the_client = {"amz-sdk-invocation-id", "amz-sdk-request"}
    for _ in range(10):  # a signature is of one second, whose end may come between the two
        dynamo.came.clear()
        for one in both:
            getattr(one, operation)(**request)
        (plain, plain_body), (client, client_body) = dynamo.came
        if plain["x-amz-date"] == client["x-amz-date"]:
            break
    assert plain_body == client_body
    assert client.pop("user-agent").startswith(plain.pop("user-agent"))  # Powertools may add its own
    assert plain.items() <= client.items()
    assert client.keys() - plain.keys() <= of_the_client
    assert plain["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert plain["x-amz-security-token"] == CREDENTIALS.token
    assert told == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_answer_is_the_clients_own_but_for_its_metadata(
    operation: str, dynamo: Service, both: tuple[PlainCalls, Any]
) -> None:
    request, answer = OPERATIONS[operation]
    dynamo.answers = [(200, json.dumps(answer))]
    plain, client = both
    found, expected = getattr(plain, operation)(**request), getattr(client, operation)(**request)
    assert expected.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert found.keys() == expected.keys()
    values, clients = (unmarshal(_item(operation, answered)) for answered in (found, expected))
    assert values == clients
    assert (values["body"], values["map"]["B"], values["list"][0]) == (b"\x00\xff", b"\x01", b"")
    assert values["bytes"] == {b"\x00", b"\x01"}


def _item(operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    if operation == "batch_execute_statement":
        return dict(answer["Responses"][0]["Item"])
    return dict(answer["Responses"]["t"][0] if operation == "batch_get_item" else answer["Items"][0])


def test_an_answer_without_bytes_is_the_same_too(dynamo: Service, both: tuple[PlainCalls, Any]) -> None:
    texts = {"id": {"S": 'a "B" in a text'}, "b": {"M": {"b": {"S": "B"}}}}
    dynamo.answers = [(200, json.dumps({"Items": [texts]}))]
    plain, client = both
    assert plain.query(**QUERY)["Items"] == client.query(**QUERY)["Items"] == [texts]


def test_calls_share_a_connection(dynamo: Service, both: tuple[PlainCalls, Any]) -> None:
    dynamo.answers = [(200, "{}")]
    for _ in range(5):
        both[0].batch_get_item(**KEYS)
    assert len(dynamo.connections) == 1


@pytest.mark.parametrize(
    ("first", "cause"),
    [
        ((500, '{"__type": "InternalServerError"}'), "http 500"),
        ((400, '{"__type": "ThrottlingException"}'), "http 400"),
        ((301, ""), "http 301"),
        ((200, "not JSON"), "JSONDecodeError"),
        (None, "ProtocolError"),
    ],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_no_plain_answer_is_asked_again_by_the_client(
    operation: str,
    first: tuple[int, str] | None,
    cause: str,
    dynamo: Service,
    both: tuple[PlainCalls, Any],
    told: list[tuple[str, str]],
) -> None:
    request, answer = OPERATIONS[operation]
    dynamo.answers = [first, (200, json.dumps(answer))]
    found = getattr(both[0], operation)(**request)
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(dynamo.came) == 2
    assert [told_cause for _, told_cause in told] == [cause]
    assert told[0][0].lower() == operation.replace("_", "")


def test_a_query_is_read_when_it_is_asked_what_it_says(
    dynamo: Service, both: tuple[PlainCalls, Any], told: list[tuple[str, str]]
) -> None:
    text = json.dumps({"Items": []}).ljust(100_000)
    dynamo.answers = [(200, text), (200, "not JSON"), (200, text)]
    assert (both[0].query_unread(**QUERY).size, len(dynamo.came)) == (100_000, 1)
    later = both[0].query_unread(**QUERY)
    assert told == []
    assert later.read()["Items"] == [], "the client is asked"
    assert told == [("Query", "JSONDecodeError")]


def test_what_the_client_cannot_do_either_is_the_clients_error(
    dynamo: Service, both: tuple[PlainCalls, Any]
) -> None:
    dynamo.answers = [(400, '{"__type": "com.amazon.coral#ThrottlingException", "message": "slow down"}')]
    with pytest.raises(ClientError) as caught:
        both[0].batch_get_item(**KEYS)
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    dynamo.answers = [None]
    with pytest.raises(ConnectionClosedError):
        both[0].batch_get_item(**KEYS)


def test_an_answer_that_does_not_come_is_waited_for_as_long_as_the_client_waits(
    dynamo: Service, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = threading.Event(), dynamo.next

    def first_waits() -> tuple[int, str] | None:
        if len(dynamo.came) == 1:
            slow.wait(60)
        return quick()

    monkeypatch.setattr(dynamo, "next", first_waits)
    dynamo.answers = [(200, '{"Responses": {}}')]
    plain = plain_of(client_of(dynamo.url, read_timeout=1.0), told)
    try:
        assert plain.batch_get_item(**KEYS)["Responses"] == {}
    finally:
        slow.set()
    assert told == [("BatchGetItem", "ReadTimeoutError")]


def test_a_connection_is_waited_for_as_long_as_the_client_waits(
    dynamo: Service, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, waits = connection.create_connection, list[object]()

    def noted(address: tuple[str, int], timeout: Any, *more: Any, **others: Any) -> socket.socket:
        waits.append(timeout)
        return connect(address, timeout, *more, **others)

    monkeypatch.setattr(connection, "create_connection", noted)
    dynamo.answers = [(200, "{}")]
    client = client_of(dynamo.url, connect_timeout=7.5)
    for one in (plain_of(client, told), client):
        one.batch_get_item(**KEYS)
    assert waits == [7.5, 7.5]


def test_nothing_is_sent_to_who_has_no_trusted_certificate(
    dynamo: Service, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    """An authority that nobody trusts: neither the plain call nor the client goes on."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = Authority().server_context(tmp_path, "localhost")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        client = client_of(f"https://localhost:{server.server_address[1]}")
        with pytest.raises(Exception, match="certificate verify failed"):
            plain_of(client, told).batch_get_item(**KEYS)
    finally:
        server.shutdown()
        server.server_close()
    assert told == [("BatchGetItem", "SSLError")]


def test_credentials_that_change_are_used_as_they_are_now(dynamo: Service) -> None:
    credentials = Credentials("FIRST", "key")
    plain = PlainCalls(client_of(dynamo.url), credentials, None, lambda *_: None)
    dynamo.answers = [(200, "{}")]
    plain.batch_get_item(**KEYS)
    credentials.access_key = "SECOND"
    plain.batch_get_item(**KEYS)
    first, second = (headers["authorization"] for headers, _ in dynamo.came)
    assert "Credential=FIRST/" in first
    assert "Credential=SECOND/" in second
