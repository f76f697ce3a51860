"""A function of the stack is called, and nobody waits for its end."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.errors import Unavailable
from doorbell.queues.function_call import FunctionCall


class Lambda:
    def __init__(self, code: str = "") -> None:
        self.code, self.calls = code, list[dict[str, Any]]()

    def invoke(self, **call: Any) -> None:
        self.calls.append(call)
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, "Invoke")


def test_the_function_is_called_by_its_name_and_its_answer_is_not_waited_for() -> None:
    client = Lambda()
    FunctionCall(lambda: client, "gateway-jobs")()
    assert client.calls == [{"FunctionName": "gateway-jobs", "InvocationType": "Event", "Payload": b"{}"}]


def test_what_lambda_does_not_take_is_an_error_with_its_name() -> None:
    with pytest.raises(Unavailable, match=r"^lambda\.Invoke: TooManyRequestsException$"):
        FunctionCall(lambda: Lambda("TooManyRequestsException"), "gateway-jobs")()
