"""Batches for a target's queue by plain requests, beside the client they stand in for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from socket import create_server
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from doorbell.aws_errors import code_of
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


REFUSALS = [
    (400, json.dumps({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no"})),
    (403, json.dumps({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "no"})),
    (503, "<html>busy</html>"),
    (500, ""),
]


@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal_is_read_as_the_client_reads_it_and_nothing_is_asked_again(
    sqs: Service, answer: tuple[int, str]
) -> None:
    """There is no time for it: the claims would end meanwhile."""
    sqs.headers = {"X-Amzn-RequestId": "r-1", "X-Amzn-Query-Error": "AWS.Older.Name;Sender"}
    sqs.answers, errors = [answer], list[Any]()
    for one in (plain(sqs.url), client_of(sqs.url, "sqs")):
        with pytest.raises(ClientError) as raised:
            one.send_message_batch(**SEND)
        about = raised.value.response["ResponseMetadata"]
        errors.append((code_of(raised.value), about["HTTPStatusCode"], about.get("RequestId")))
    assert errors[0] == errors[1]
    assert len(sqs.came) == 2


@pytest.mark.parametrize("answer", [None, (200, "no JSON")])
def test_without_an_answer_nothing_is_sent_again(sqs: Service, answer: tuple[int, str] | None) -> None:
    """It may have taken effect."""
    sqs.answers = [answer]
    with pytest.raises(ConnectionClosedError):
        plain(sqs.url).send_message_batch(**SEND)
    assert len(sqs.came) == 1


def test_an_answer_that_does_not_come_in_time_is_told_as_the_client_tells_it() -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        queue = plain(f"http://127.0.0.1:{silent.getsockname()[1]}", read_timeout=0.05)
        with pytest.raises(ReadTimeoutError):
            queue.send_message_batch(**SEND)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with answering() as gone:
        url = gone.url
    with pytest.raises(EndpointConnectionError):
        plain(url).send_message_batch(**SEND)


def test_all_else_is_the_client_s(sqs: Service) -> None:
    sqs.answers = [(200, json.dumps({"MessageId": "m"}))]
    body = {"QueueUrl": SEND["QueueUrl"], "MessageBody": "x"}
    assert plain(sqs.url).send_message(**body)["MessageId"] == "m"
