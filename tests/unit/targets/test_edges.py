"""Targets at their edges: what a body begins with, and how long a service took."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber

from doorbell.targets.roles import NotAssumedError
from doorbell.targets.sender import SERVICES, TargetSender
from doorbell.targets.service import EVERYWHERE, Way
from tests.unit.targets.test_sender import ALL, client, failed, well
from tests.unit.targets.test_what_goes import JSON_BODY, goes, request_of


def test_a_detail_is_without_the_byte_order_mark_that_the_body_begins_with() -> None:
    """EventBridge takes no JSON that begins with one."""
    (entry,) = goes("events", b"\xef\xbb\xbf" + JSON_BODY)["Entries"]
    assert entry["Detail"] == JSON_BODY.decode()


def test_how_long_the_service_took_is_on_record_in_milliseconds() -> None:
    clock: Iterator[float] = iter([5.0, 5.25])
    stub = client("sqs")
    with Stubber(stub) as stubber:
        well("sqs")(stubber)
        outcome = TargetSender(ALL, lambda way: stub, lambda: next(clock)).send(request_of("sqs"))
    assert outcome.duration_ms == 250


@pytest.mark.parametrize("kind", [ConnectTimeoutError, ReadTimeoutError])
def test_who_takes_too_long_is_timed_out_while_connecting_too(kind: type[Exception]) -> None:
    class Hanging:
        def send_message(self, **call: object) -> None:
            raise kind(endpoint_url="https://sqs.example")  # type: ignore[call-arg]

    outcome = TargetSender(ALL, lambda way: Hanging(), lambda: 5.0).send(request_of("sqs"))
    assert (outcome.status, outcome.error) == (None, "timeout")


@pytest.mark.parametrize(
    "said", [{}, {"Error": {}}, {"ResponseMetadata": {}}, {"Error": {"Code": "NobodyKnows"}}]
)
def test_an_error_that_says_less_than_others_is_a_failure_like_them(said: Any) -> None:
    error = ClientError(said, "SendMessage")

    class Refusing:
        def send_message(self, **call: object) -> None:
            raise error

    def not_assumed(way: Way) -> Any:
        raise NotAssumedError from error

    outcome = TargetSender(ALL, lambda way: Refusing(), lambda: 5.0).send(request_of("sqs"))
    assert (outcome.status, outcome.error) == (400, None)
    assert outcome.detail.startswith("sqs:SendMessage: ")
    outcome = TargetSender(ALL, not_assumed, lambda: 5.0).send(request_of("sqs"))
    assert (outcome.status, outcome.error) == (503, None), "it says nothing of the target"
    assert outcome.detail.startswith("sts:AssumeRole: ")


@pytest.mark.parametrize(("said", "status"), [(301, 301), (599, 599), (600, 400)])
def test_of_a_code_that_nobody_knows_the_status_is_kept_where_it_is_a_failure(said: int, status: int) -> None:
    assert failed("sqs", "NobodyKnows", said).status == status


def test_a_code_means_the_same_at_every_service_that_has_it() -> None:
    for service in SERVICES.values():
        for code, status in service.codes.items():
            assert EVERYWHERE.get(code, status) == status
