"""An event that has come round too often is put on record, counted, and goes nowhere."""

from __future__ import annotations

import pytest

from doorbell.domain.events import BodyAt, VerifiedEvent
from doorbell.domain.hops import MOST_HOPS
from doorbell.queues.envelopes import EventEnvelope
from doorbell.queues.events import encode
from doorbell.signatures.vouching import own_event
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.event_items import event_from, event_values
from doorbell.usecases.fan_out import INLINE_ITEM_BYTES
from tests.support import fakes
from tests.support.builders import a_stored_event, a_subscription, a_verified_event, an_incoming
from tests.unit.usecases.world import World

LARGE = b"x" * (INLINE_ITEM_BYTES + 1)


def world(page_size: int) -> World:
    subscriptions = [a_subscription(f"s{number}") for number in range(3)]
    return World(subscriptions=fakes.FakeSubscriptions(*subscriptions, page_size=page_size))


@pytest.mark.parametrize("page_size", [500, 1])
@pytest.mark.parametrize("body", [b"{}", LARGE], ids=["small", "large"])
def test_beyond_the_last_hop_it_is_on_record_and_nobody_gets_it(page_size: int, body: bytes) -> None:
    w = world(page_size)
    w.fan_out(an_incoming(body, hops=MOST_HOPS + 1))
    stored = w.events.items["evt_1"]
    assert (stored.incoming.hops, stored.routing.matched) == (MOST_HOPS + 1, ())
    assert w.queue.sent == []
    assert w.metrics.counts["HopsExceeded"] == 1
    assert w.log.messages("error") == ["hops_exceeded"]


@pytest.mark.parametrize("page_size", [500, 1])
def test_up_to_it_everybody_gets_it(page_size: int) -> None:
    w = world(page_size)
    w.fan_out(an_incoming(hops=MOST_HOPS))
    assert len(w.queue.sent) == 3
    assert "HopsExceeded" not in w.metrics.counts


def on_the_queue(event: VerifiedEvent) -> str:
    return encode(event, BodyAt(size=len(event.body), inline=event.body))


def test_what_has_none_says_nothing_of_them_as_the_release_before_would_refuse_it() -> None:
    assert "hops" not in on_the_queue(a_verified_event())
    assert "hops" not in marshal(event_values(a_stored_event()))


def test_they_travel_with_the_event() -> None:
    own = own_event("endpoint.parked", event_key="k", ingest_id="i", body=b"{}", now=1.0)
    incoming = EventEnvelope.model_validate_json(on_the_queue(own)).to_domain()
    assert incoming.hops == own.hops == 1
    stored = a_stored_event(incoming)
    assert event_from(unmarshal(marshal(event_values(stored)))).incoming.hops == 1
