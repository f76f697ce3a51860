"""A listener's queue refuses: what says that a message is not ours any more, and what is an error."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.errors import Unavailable
from doorbell_cli.listening.inbox import MAX_HIDDEN_SECONDS, Inbox, Message


class Refusing:
    def __init__(self, code: str) -> None:
        self.code = code

    def change_message_visibility(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, "ChangeMessageVisibility")


def held(code: str) -> tuple[bool, float]:
    message = Message("m1", "{}", "receipt", 1, until=160.0)
    inbox = Inbox(Refusing(code), "https://sqs.test/1/q", 60, clock=lambda: 100.0)
    return inbox.hold(message, 30), message.until


@pytest.mark.parametrize("code", ["MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"])
def test_a_message_that_came_back_to_others_meanwhile_is_not_held_and_comes_again(code: str) -> None:
    """It is visible again, its handle is none any more, or too old (the last from memory).
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html"""
    assert held(code) == (False, 160.0)


@pytest.mark.parametrize("code", ["AccessDenied", "RequestThrottled"])
def test_anything_else_is_an_error_of_the_queue(code: str) -> None:
    with pytest.raises(Unavailable, match=rf"^sqs\.ChangeMessageVisibility: {code}$"):
        held(code)


class Taking:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def change_message_visibility(self, **call: Any) -> None:
        self.calls.append(call)


@pytest.mark.parametrize(("seconds", "hidden"), [(30, 30), (MAX_HIDDEN_SECONDS + 1, MAX_HIDDEN_SECONDS)])
def test_a_message_that_is_ours_is_held_for_as_long_as_sqs_allows(seconds: int, hidden: int) -> None:
    client, message = Taking(), Message("m1", "{}", "receipt", 1, until=160.0)
    assert Inbox(client, "https://sqs.test/1/q", 60, clock=lambda: 100.0).hold(message, seconds)
    call = {"QueueUrl": "https://sqs.test/1/q", "ReceiptHandle": "receipt", "VisibilityTimeout": hidden}
    assert client.calls == [call]
    assert message.until == 100.0 + seconds
