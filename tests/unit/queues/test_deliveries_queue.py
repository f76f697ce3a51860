"""The deliveries queue: batches, groups, and what SQS did not take."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.errors import Unavailable
from doorbell.domain.events import BodyAt
from doorbell.queues.deliveries import GROUP_ID_MAX, TRIES, DeliveriesQueueWriter
from doorbell.queues.events import EventsQueueWriter
from doorbell.queues.notices import EventBusNotices
from tests.support.builders import a_verified_event

URL = "https://sqs.example/queue"


class FakeSqs:
    """Keeps what it takes; `fail[subscription]` is how often it does not take that one's message."""

    def __init__(self, fail: dict[str, int] | None = None, error: Exception | None = None) -> None:
        self.fail, self.error = dict(fail or {}), error
        self.calls: list[int] = []
        self.taken: list[dict[str, Any]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert len(Entries) <= 10
        assert len({entry["Id"] for entry in Entries}) == len(Entries)
        self.calls.append(len(Entries))
        if self.error is not None:
            raise self.error
        failed = []
        for entry in Entries:
            name = json.loads(entry["MessageBody"])["subscription_id"]
            if self.fail.get(name, 0) > 0:
                self.fail[name] -= 1
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                self.taken.append(entry)
        return {"Failed": failed} if failed else {}

    def send_message(self, **call: Any) -> None:
        if self.error is not None:
            raise self.error
        self.taken.append(call)


def to(number: int, delay: int = 0) -> tuple[DeliveryMessage, int]:
    return DeliveryMessage(DeliveryKey("evt_1", f"sub_{number}"), "acme", 1), delay


def taken_by(sqs: FakeSqs) -> list[str]:
    return sorted(json.loads(entry["MessageBody"])["subscription_id"] for entry in sqs.taken)


@pytest.mark.parametrize(("number", "sizes"), [(1, [1]), (10, [10]), (11, [1, 10]), (35, [5, 10, 10, 10])])
def test_messages_go_in_batches_of_ten_and_every_one_once(number: int, sizes: list[int]) -> None:
    sqs = FakeSqs()
    DeliveriesQueueWriter(sqs, URL).send(to(n) for n in range(number))
    assert sorted(sqs.calls) == sizes
    assert taken_by(sqs) == sorted(f"sub_{n}" for n in range(number))


def test_nothing_to_send_is_no_call() -> None:
    sqs = FakeSqs()
    DeliveriesQueueWriter(sqs, URL).send([])
    assert sqs.calls == []


def test_each_message_is_in_its_subscriptions_group_with_its_delay() -> None:
    sqs = FakeSqs()
    DeliveriesQueueWriter(sqs, URL).send([to(1, 0), to(2, 900)])
    assert [(e["MessageGroupId"], e["DelaySeconds"]) for e in sqs.taken] == [
        ("acme/sub_1", 0),
        ("acme/sub_2", 900),
    ]


def test_a_group_name_is_never_longer_than_sqs_allows() -> None:
    sqs = FakeSqs()
    message = DeliveryMessage(DeliveryKey("evt_1", "s" * 200), "t" * 64, 1)
    DeliveriesQueueWriter(sqs, URL).send([(message, 0)])
    assert len(sqs.taken[0]["MessageGroupId"]) == GROUP_ID_MAX


def test_guarantee_2_entries_that_were_not_taken_are_sent_again_and_no_others() -> None:
    sqs = FakeSqs(fail={"sub_3": 1, "sub_7": 2})
    DeliveriesQueueWriter(sqs, URL).send(to(n) for n in range(10))
    assert sqs.calls == [10, 2, 1]
    assert taken_by(sqs) == sorted(f"sub_{n}" for n in range(10))


def test_guarantee_2_what_is_never_taken_is_told_after_the_others_were_sent() -> None:
    sqs = FakeSqs(fail={"sub_3": 99})
    with pytest.raises(Unavailable, match=r"^sqs\.SendMessageBatch: InternalError$"):
        DeliveriesQueueWriter(sqs, URL).send(to(n) for n in range(25))
    assert len(sqs.taken) == 24
    assert sqs.fail["sub_3"] == 99 - TRIES


AWS_ERRORS: list[Exception] = [
    ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "SendMessage"),
    EndpointConnectionError(endpoint_url=URL),
    ReadTimeoutError(endpoint_url=URL),
]


@pytest.mark.parametrize("error", AWS_ERRORS, ids=lambda e: type(e).__name__)
def test_every_error_of_the_client_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable, match=r"^sqs\.SendMessageBatch: \w"):
        DeliveriesQueueWriter(FakeSqs(error=error), URL).send([to(1)])
    with pytest.raises(Unavailable, match=r"^sqs\.SendMessage: \w"):
        EventsQueueWriter(FakeSqs(error=error), URL).send(a_verified_event(), BodyAt(1, inline=b"x"))


def test_guarantee_1_only_a_verified_event_can_be_enqueued() -> None:
    class LookAlike:
        def __getattr__(self, name: str) -> str:
            return "x"

    sqs = FakeSqs()
    for thing in (LookAlike(), {"event_id": "x"}, None):
        with pytest.raises(TypeError, match="VerifiedEvent"):
            EventsQueueWriter(sqs, URL).send(thing, BodyAt(1, inline=b"x"))  # type: ignore[arg-type]
    assert sqs.taken == []


class FakeBus:
    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.entries: list[dict[str, Any]] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.entries += Entries
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_notice_is_one_event_on_the_bus() -> None:
    bus, lost = FakeBus({"FailedEntryCount": 0}), list[tuple[str, str]]()
    EventBusNotices(bus, "default", lambda *args: lost.append(args)).publish(
        "endpoint.parked", {"endpoint": "a/b"}
    )
    assert bus.entries[0]["DetailType"] == "endpoint.parked"
    assert json.loads(bus.entries[0]["Detail"]) == {"endpoint": "a/b"}
    assert lost == []


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (AWS_ERRORS[0], "ClientError"),
        (AWS_ERRORS[1], "EndpointConnectionError"),
        ({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}, "InternalFailure"),
    ],
)
def test_a_notice_that_is_lost_stops_nothing_and_is_not_silent(
    answer: dict[str, Any] | Exception, cause: str
) -> None:
    lost: list[tuple[str, str]] = []
    EventBusNotices(FakeBus(answer), "default", lambda *args: lost.append(args)).publish("x.y", {})
    assert lost == [("x.y", cause)]
