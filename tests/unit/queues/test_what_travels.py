"""What few events and messages have travels on the queues too, and calls to look wait behind nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.events import BodyAt
from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.queues.envelopes import EventEnvelope, call_of
from doorbell.queues.events import MAX_BATCH_BYTES, EventsQueueWriter, encode
from tests.support.builders import a_verified_event

FEW_HAVE = {
    "event_types": ("push", "pull"),
    "element": 0,
    "former_id": "evt_before",
    "fetched": "from the provider's list",
    "hops": 2,
}
THE_OTHERS = {"event_types": (), "element": None, "former_id": None, "fetched": "", "hops": 0}


class Taking:
    """An SQS that takes everything."""

    def __init__(self) -> None:
        self.calls: list[list[dict[str, Any]]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.calls.append(Entries)
        return {}


@pytest.mark.parametrize("name", FEW_HAVE)
def test_what_few_events_have_fan_out_reads_as_it_was_written(name: str) -> None:
    event = replace(a_verified_event(), **{name: FEW_HAVE[name]})  # type: ignore[arg-type]
    read = EventEnvelope.model_validate_json(encode(event, BodyAt(2, inline=b"{}"))).to_domain()
    assert getattr(read, name) == FEW_HAVE[name]


@pytest.mark.parametrize("name", FEW_HAVE)
def test_what_few_events_have_the_others_travel_without(name: str) -> None:
    """An older release refuses a message with a field that it does not know."""
    text = encode(a_verified_event(), BodyAt(2, inline=b"{}"))
    assert name not in json.loads(text)
    assert getattr(EventEnvelope.model_validate_json(text).to_domain(), name) == THE_OTHERS[name]


def test_a_call_to_look_at_a_list_does_not_wait_behind_its_subscriptions_deliveries() -> None:
    """Fair queues serve groups in turn: those of one subscription are one group."""
    sqs = Taking()
    writer = DeliveriesQueueWriter(sqs, "https://sqs.example/queue")
    writer.send([(DeliveryMessage(DeliveryKey("evt_1", "sub_1"), "acme", 1), 0)])
    writer.wake([(WakeCall("acme", "sub_1"), 3), (WakeCall("acme.x", "sub_1"), 3)])
    deliveries, calls = ([entry for call in sqs.calls for entry in call if entry["DelaySeconds"] == delay]
                         for delay in (0, 3))  # fmt: skip
    groups = [entry["MessageGroupId"] for entry in (*deliveries, *calls)]
    assert len(set(groups)) == 3
    assert [call_of(entry["MessageBody"]) for entry in calls] == [
        WakeCall("acme", "sub_1"),
        WakeCall("acme.x", "sub_1"),
    ]


def test_events_of_one_body_share_calls_within_what_a_call_takes_and_none_is_left_out() -> None:
    sqs, body = Taking(), b"x" * (MAX_BATCH_BYTES // 4)
    events = [a_verified_event(body, key=str(number)) for number in range(7)]
    EventsQueueWriter(sqs, "https://sqs.example/queue").send_all(
        [(event, BodyAt(len(body), inline=body)) for event in events]
    )
    sent = [EventEnvelope.model_validate_json(one["MessageBody"]) for call in sqs.calls for one in call]
    assert sorted(one.event_id for one in sent) == sorted(event.event_id for event in events)
    for call in sqs.calls:
        assert sum(len(one["MessageBody"]) for one in call) <= MAX_BATCH_BYTES
