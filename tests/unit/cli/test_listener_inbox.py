"""A listener's queue refuses: what says that a message is not ours any more, and what is an error."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.errors import Unavailable
from doorbell_cli.listening.inbox import Inbox, Message


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
