"""The admin API's refused requests: listed, shown with what was wrong, accepted on proof."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from doorbell.domain.refused import Refused
from doorbell.signatures.signing.request import sign_request
from doorbell.store.bodies import BodyBucket
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.refused.refused_table import RefusedTable
from tests.integration.admin_desk import OPERATOR, Desk, close_desk, open_desk
from tests.integration.conftest import REGION, Aws
from tests.support.topics import CERTIFICATE, FROM_A_TOPIC, OF_A_TOPIC, no_way_out

REFUSED = "/admin/sources/github-main/refused"
URL = "https://hooks.example/in/github-main"
SECRET = "the right secret"


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


@pytest.fixture
def secret(aws: Aws) -> Any:
    ssm = boto3.client("ssm", region_name=REGION)

    def put(value: str) -> None:
        ssm.put_parameter(Name="/doorbell/github", Value=value, Type="SecureString", Overwrite=True)

    put("another secret")
    return put


def keep(desk: Desk, refused_id: str = "0000abc", ago: float = 60, body: bytes = b'{"n":1}') -> None:
    """As ingest keeps it."""
    desk.put_raw(
        "Sources",
        {
            "source_id": {"S": "github-main"}, "provider": {"S": "github"},
            "secrets": {"L": [{"S": "ssm:/doorbell/github"}]},
        },
    )  # fmt: skip
    at = time.time() - ago
    headers = {"x-github-event": "push", "x-github-delivery": refused_id, "content-type": "application/json"}
    request = sign_request("github", SECRET, url=URL, body=body, headers=headers, now=at)
    table = RefusedTable(
        desk.aws.dynamodb, "RefusedTable", BodyBucket(lambda: desk.aws.s3, "bodies"), 50, 20, 72 * 3600
    )
    kept = Refused(
        refused_id=refused_id, source_id="github-main", tenant_id="default", provider="github", at=at,
        status=401, code="signature_mismatch", method="POST", url=URL, path="/in/github-main", raw_query="",
        headers=dict(request.headers), source_ip="192.0.2.7", size=len(body), body=body,
    )  # fmt: skip
    table.put(int(refused_id[:4]), kept)


def enqueued(desk: Desk) -> list[Any]:
    url = desk.aws.sqs.get_queue_url(QueueName="EventsQueue")["QueueUrl"]
    answer = desk.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_they_are_listed_newest_first_page_by_page_without_headers_and_bodies(desk: Desk) -> None:
    for number in range(3):
        keep(desk, f"{number:04d}abc", ago=60 * number + 1)
    first = desk.call("GET", REFUSED, limit=2).json
    rest = desk.call("GET", REFUSED, limit=2, cursor=first["next_cursor"]).json
    rows = [*first["refused"], *rest["refused"]]
    assert [row["refused_id"] for row in rows] == ["0000abc", "0001abc", "0002abc"]
    assert rest["next_cursor"] is None
    assert rows[0]["code"] == "signature_mismatch"
    assert not {"headers", "body"} & rows[0].keys()


@pytest.mark.usefixtures("secret")
def test_one_is_shown_with_its_body_and_in_words_what_was_wrong(desk: Desk) -> None:
    keep(desk)
    shown = desk.call("GET", f"{REFUSED}/0000abc").json
    assert (shown["body"], shown["fits_now"], shown["not_acceptable"]) == ('{"n":1}', False, "")
    assert shown["words"] == [
        "The signature does not fit what came.",
        "Most likely it is signed with another secret: none of the near misses fits.",
    ]


@pytest.mark.usefixtures("secret")
def test_a_body_that_is_no_text_is_shown_in_base64(desk: Desk) -> None:
    keep(desk, body=b"\xff\xfe")
    shown = desk.call("GET", f"{REFUSED}/0000abc").json
    assert (shown["body"], shown["body_base64"]) == (None, "//4=")


def test_when_the_secret_is_mended_it_is_accepted_under_the_name_of_who_asked(
    desk: Desk, secret: Any
) -> None:
    keep(desk)
    not_yet = desk.call("POST", f"{REFUSED}/0000abc/accept")
    assert (not_yet.status, not_yet.json["code"]) == (409, "signature_mismatch")
    assert enqueued(desk) == []
    secret(SECRET)
    accepted = desk.call("POST", f"{REFUSED}/0000abc/accept")
    assert (accepted.status, accepted.json["by"]) == (202, OPERATOR)
    (event,) = enqueued(desk)
    assert accepted.json["event_ids"] == [event["event_id"]]
    (row,) = desk.call("GET", REFUSED).json["refused"]
    assert row["accepted"] == accepted.json


@pytest.mark.usefixtures("secret")
def test_a_key_that_must_be_fetched_is_fetched_through_the_guard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(desk, body=FROM_A_TOPIC)
    desk.put_raw("Sources", marshal({"source_id": "github-main", **OF_A_TOPIC}))
    fetched = no_way_out(monkeypatch)
    refused = desk.call("POST", f"{REFUSED}/0000abc/accept")
    assert (refused.status, fetched) == (503, [CERTIFICATE])


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{REFUSED}/0000abc", 404, "unknown_refused"),
        ("POST", f"{REFUSED}/0000abc/accept", 404, "unknown_refused"),
        ("GET", f"{REFUSED}/no-such-id", 422, "invalid"),
        ("GET", f"{REFUSED}?cursor=x", 422, "bad_cursor"),
    ],
)
def test_what_is_wrong_is_a_problem_with_a_stable_code(
    desk: Desk, method: str, path: str, status: int, code: str
) -> None:
    path, _, query = path.partition("?")
    reply = desk.call(method, path, cursor="x") if query else desk.call(method, path)
    assert (reply.status, reply.json["code"]) == (status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"
