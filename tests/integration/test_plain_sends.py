"""Messages sent by plain requests, beside the client they stand in for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.queues.plain_sends import PlainSends
from tests.integration.plain_service import CREDENTIALS, Service, answering, client_of

ENTRY = {"Id": "0", "MessageBody": '{"é": 1}', "MessageGroupId": "tenant/sub", "DelaySeconds": 5}
SEND = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/deliveries", "Entries": [ENTRY]}
TAKEN = {"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "0"}], "Failed": []}
SOME = {"Successful": [], "Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}


@pytest.fixture
def sqs() -> Iterator[Service]:
    with answering() as service:
        yield service


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def both(sqs: Service, told: list[tuple[str, str]]) -> tuple[PlainSends, Any]:
    client = client_of(sqs.url, "sqs")
    return PlainSends(client, CREDENTIALS, None, lambda *failure: told.append(failure)), client


def test_the_request_is_the_clients_own_signature_and_all(
    sqs: Service, both: tuple[PlainSends, Any], told: list[tuple[str, str]]
) -> None:
    sqs.answers = [(200, json.dumps(TAKEN))]
    for _ in range(10):  # a signature is of one second, whose end may come between the two
        sqs.came.clear()
        for one in both:
            one.send_message_batch(**SEND)
        (plain, plain_body), (client, client_body) = sqs.came
        if plain["x-amz-date"] == client["x-amz-date"]:
            break
    assert plain_body == client_body
    assert client.pop("user-agent").startswith(plain.pop("user-agent"))  # Powertools may add its own
    assert plain.items() <= client.items()
    assert client.keys() - plain.keys() <= {"amz-sdk-invocation-id", "amz-sdk-request"}
    assert "/eu-west-1/sqs/aws4_request" in plain["authorization"]
    assert told == []


@pytest.mark.parametrize("answer", [TAKEN, SOME])
def test_the_answer_is_the_clients_own_but_for_its_metadata(
    answer: dict[str, Any], sqs: Service, both: tuple[PlainSends, Any]
) -> None:
    sqs.answers = [(200, json.dumps(answer))]
    found, expected = (one.send_message_batch(**SEND) for one in both)
    assert expected.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert found == expected == answer


@pytest.mark.parametrize(
    ("first", "cause"),
    [
        ((500, "{}"), "http 500"),
        ((400, '{"__type": "com.amazonaws.sqs#RequestThrottled"}'), "http 400"),
        ((200, "not JSON"), "JSONDecodeError"),
        (None, "ProtocolError"),
    ],
)
def test_what_is_no_plain_answer_is_asked_again_by_the_client(
    first: tuple[int, str] | None,
    cause: str,
    sqs: Service,
    both: tuple[PlainSends, Any],
    told: list[tuple[str, str]],
) -> None:
    sqs.answers = [first, (200, json.dumps(TAKEN))]
    assert both[0].send_message_batch(**SEND)["Successful"] == TAKEN["Successful"]
    assert len(sqs.came) == 2
    assert told == [("SendMessageBatch", cause)]


def test_what_the_client_cannot_do_either_is_the_clients_error(
    sqs: Service, both: tuple[PlainSends, Any]
) -> None:
    sqs.answers = [(400, '{"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}')]
    with pytest.raises(ClientError) as caught:
        both[0].send_message_batch(**SEND)
    assert caught.value.response["Error"]["Code"] == "RequestThrottled"
