"""A function whose answer is the outcome. The service is a botocore client whose wire is a stub."""

import json
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from doorbell.domain.outbound import Outcome
from doorbell.targets.lambda_answer import LAMBDA_ANSWER, MAX_BYTES
from doorbell.targets.sender import TargetSender
from doorbell.targets.service import Way
from tests.unit.targets.test_sender import ALL, client
from tests.unit.targets.test_what_goes import request_of


def answered(payload: Any, **more: Any) -> Outcome:
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    stub, stream = client("lambda"), StreamingBody(BytesIO(text), len(text))
    with Stubber(stub) as stubber:
        stubber.add_response("invoke", {"StatusCode": 200, "Payload": stream, **more})
        return TargetSender(ALL, lambda way: stub, lambda: 5.0).send(request_of("lambda", waits=15))


@pytest.mark.parametrize(
    "answer", [None, "done", 17, {"ok": True}, {"statusCode": "500"}, {"statusCode": 99}]
)
def test_an_answer_without_a_status_is_a_success(answer: Any) -> None:
    outcome = answered(answer)
    assert (outcome.status, outcome.error, outcome.detail) == (200, None, "")
    assert json.loads(outcome.response)["answer"] == json.dumps(answer)
    assert answered(b"").status == 200


@pytest.mark.parametrize("status", [204, 302, 410, 500])
def test_an_answer_with_a_status_is_that_as_of_a_function_behind_a_url(status: int) -> None:
    outcome = answered({"statusCode": status, "body": "so it is"})
    assert outcome.status == status
    assert json.loads(outcome.response)["answer"] == "so it is"


def test_a_function_says_when_to_come_again() -> None:
    outcome = answered({"statusCode": 429, "headers": {"Retry-After": 120}})
    assert (outcome.status, outcome.retry_after) == (429, "120")


def test_a_function_that_raised_failed_with_its_text() -> None:
    raised = {"errorType": "KeyError", "errorMessage": "'order'"}
    outcome = answered(raised, FunctionError="Unhandled")
    assert (outcome.status, outcome.error) == (500, None)
    assert outcome.detail == "the function failed: KeyError: 'order'"
    assert json.loads(outcome.response)["code"] == "Unhandled"


def test_an_answer_that_breaks_off_or_comes_too_late_is_told_as_of_a_url() -> None:
    class Late:
        def invoke(self, **given: Any) -> dict[str, Any]:
            return {"Payload": self}

        def read(self, most: int) -> bytes:
            raise ReadTimeoutError(endpoint_url="https://lambda")

        def close(self) -> None: ...

    outcome = TargetSender(ALL, lambda way: Late(), lambda: 5.0).send(request_of("lambda", waits=15))
    assert (outcome.status, outcome.error) == (None, "timeout")


def test_it_is_waited_for_as_long_as_the_subscription_says() -> None:
    ways: list[Way] = []

    def client_of(way: Way) -> Any:
        ways.append(way)
        raise ReadTimeoutError(endpoint_url="https://lambda")

    TargetSender(ALL, client_of, lambda: 5.0).send(request_of("lambda", waits=25))
    assert ways == [Way("lambda", "eu-central-1", 25)]


def test_more_goes_than_to_one_that_is_not_waited_for() -> None:
    assert LAMBDA_ANSWER.most_bytes == MAX_BYTES == 6_291_456
    empty = TargetSender(ALL, lambda way: None, lambda: 5.0).send(
        request_of("lambda", b"x" * MAX_BYTES, waits=15)
    )
    assert (empty.status, str(MAX_BYTES) in empty.detail) == (413, True)
