"""Batches for a target's queue by plain requests, beside the client they stand in for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from doorbell.targets.plain_queue import PlainQueue
from tests.integration.plain_service import CREDENTIALS, Service, answering, client_of

ENTRY = {"Id": "0", "MessageBody": '{"é": 1}', "MessageDeduplicationId": "evt.sub", "MessageGroupId": "evt"}
SEND = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/orders.fifo", "Entries": [ENTRY]}
SOME = {
    "Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "0"}],
    "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}],
}


@pytest.fixture
def sqs() -> Iterator[Service]:
    with answering() as service:
        yield service


def plain(url: str, **config: Any) -> PlainQueue:
    return PlainQueue(client_of(url, "sqs", **config), CREDENTIALS, None)


def test_the_body_and_the_answer_are_the_client_s_own(sqs: Service) -> None:
    sqs.answers = [(200, json.dumps(SOME))]
    answers = [one.send_message_batch(**SEND) for one in (plain(sqs.url), client_of(sqs.url, "sqs"))]
    for answer in answers:
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert answers[0] == answers[1] == SOME
    (_, first), (_, second) = sqs.came
    assert first == second


def test_what_is_refused_is_asked_of_the_client_who_says_why(sqs: Service) -> None:
    refused = json.dumps({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no"})
    sqs.answers = [(400, refused)]
    with pytest.raises(ClientError) as raised:
        plain(sqs.url).send_message_batch(**SEND)
    assert raised.value.response["Error"]["Code"] == "QueueDoesNotExist"


@pytest.mark.parametrize("answer", [None, (200, "no JSON")])
def test_without_an_answer_nothing_is_sent_again(sqs: Service, answer: tuple[int, str] | None) -> None:
    """It may have taken effect."""
    sqs.answers = [answer]
    with pytest.raises(ConnectionClosedError):
        plain(sqs.url).send_message_batch(**SEND)
    assert len(sqs.came) == 1


def test_an_answer_that_does_not_come_in_time_is_told_as_the_client_tells_it(sqs: Service) -> None:
    sqs.answers = [(200, json.dumps(SOME))]
    with pytest.raises(ReadTimeoutError):
        plain(sqs.url, read_timeout=0.000001).send_message_batch(**SEND)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with answering() as gone:
        url = gone.url
    with pytest.raises(EndpointConnectionError):
        plain(url).send_message_batch(**SEND)


def test_all_else_is_the_client_s(sqs: Service) -> None:
    sqs.answers = [(200, json.dumps({"MessageId": "m"}))]
    body = {"QueueUrl": SEND["QueueUrl"], "MessageBody": "x"}
    assert plain(sqs.url).send_message(**body)["MessageId"] == "m"
