"""The events of one body on the queue: in few calls, all of them, or it is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from doorbell.domain.errors import Unavailable
from doorbell.domain.events import BodyAt, VerifiedEvent
from doorbell.queues.batches import SQS_BATCH, TRIES
from doorbell.queues.envelopes import EventEnvelope
from doorbell.queues.events import MAX_BATCH_BYTES, EventsQueueWriter, encode
from tests.support.builders import a_verified_event

URL = "https://sqs/events"


@dataclass
class FakeSqs:
    """`fail[event_id]`: so many times it is not taken."""

    fail: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert 0 < len(Entries) <= 10
        assert len({entry["Id"] for entry in Entries}) == len(Entries)
        assert sum(len(entry["MessageBody"]) for entry in Entries) <= MAX_BATCH_BYTES
        self.calls.append(len(Entries))
        failed = []
        for entry in Entries:
            name = json.loads(entry["MessageBody"])["event_id"]
            if self.fail.get(name, 0) > 0:
                self.fail[name] -= 1
                failed.append({"Id": entry["Id"], "Code": "InternalError"})
            else:
                self.taken.append(name)
        return {"Failed": failed}


def some(number: int, size: int = 10) -> list[tuple[VerifiedEvent, BodyAt]]:
    body = b"x" * size
    return [
        (replace(a_verified_event(body), event_id=f"evt_{n}", element=n), BodyAt(size, inline=body))
        for n in range(number)
    ]


@pytest.mark.parametrize(("number", "calls"), [(1, [1]), (10, [10]), (11, [1, 10]), (35, [5, 10, 10, 10])])
def test_events_of_one_body_share_calls(number: int, calls: list[int]) -> None:
    sqs = FakeSqs()
    EventsQueueWriter(sqs, URL).send_all(some(number))
    assert sorted(sqs.calls) == calls
    assert sorted(sqs.taken) == sorted(f"evt_{n}" for n in range(number))


def test_no_call_has_more_bytes_than_sqs_took_for_most_of_its_life() -> None:
    sqs = FakeSqs()
    EventsQueueWriter(sqs, URL).send_all(some(12, 100_000))
    assert (len(sqs.taken), max(sqs.calls)) == (12, 1)
    EventsQueueWriter(sqs, URL).send_all(some(12, 50_000))
    assert (len(sqs.taken), max(sqs.calls)) == (24, 3)


def test_guarantee_2_an_event_that_was_not_taken_is_sent_again_by_itself() -> None:
    sqs = FakeSqs(fail={"evt_3": 1, "evt_7": TRIES - 1})
    EventsQueueWriter(sqs, URL).send_all(some(SQS_BATCH))
    assert sqs.calls == [10, 2, 1]
    assert sorted(sqs.taken) == sorted(f"evt_{n}" for n in range(10))


def test_guarantee_2_one_that_is_never_taken_is_told_after_the_others_were_sent() -> None:
    sqs = FakeSqs(fail={"evt_3": TRIES})
    with pytest.raises(Unavailable, match=r"^sqs\.SendMessageBatch: InternalError$"):
        EventsQueueWriter(sqs, URL).send_all(some(25))
    assert len(sqs.taken) == 24


def test_guarantee_1_nothing_but_verified_events_is_enqueued_and_none_beside_another_thing() -> None:
    sqs = FakeSqs()
    mixed: list[Any] = [*some(1), ({"event_id": "x"}, BodyAt(1, inline=b"x"))]
    with pytest.raises(TypeError, match="VerifiedEvent"):
        EventsQueueWriter(sqs, URL).send_all(mixed)
    assert sqs.calls == []


NEW = {"event_types": ("a", "b"), "element": 0, "former_id": "evt_old"}


def test_what_few_events_have_is_left_out_where_there_is_nothing_to_say() -> None:
    """The release before refuses fields that it does not know."""
    message = json.loads(encode(a_verified_event(), BodyAt(1, inline=b"x")))
    assert NEW.keys().isdisjoint(message)


@pytest.mark.parametrize("name", NEW)
def test_what_few_events_have_reaches_fan_out(name: str) -> None:
    event = replace(a_verified_event(), **{name: NEW[name]})  # type: ignore[arg-type]
    read = EventEnvelope.model_validate_json(encode(event, BodyAt(1, inline=b"x"))).to_domain()
    assert {one: getattr(read, one) for one in NEW} == {
        one: NEW[one] if one == name else getattr(a_verified_event(), one) for one in NEW
    }
