"""Whatever is on record of a delivery is read back, each field from its own attribute."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.store.deliveries.delivery_items import delivery_from, delivery_values

FAILED = Attempt(1, 10.0, 20, 503, "timeout", "no answer in time", "busy")
BARE = Attempt(2, 30.0, 40, None, None, "", "")
WHOLE = Delivery(
    DeliveryKey("evt_1", "books", 3),
    tenant_id="acme",
    state=State.CANCELLED,
    created_at=1.0,
    next_attempt_at=2.0,
    due_at=3.0,
    expires_at=4,
    attempts=(FAILED, BARE),
    lease=Lease("a-worker", 5.0),
    slot_at=6.0,
    slot_rate=7.0,
    turn_at=8.0,
    ended_at=9.0,
    reason="gone",
    received_at=11.0,
    shelf="wait#acme/books#0",
    look_at=12.0,
    event_type="invoice.paid",
    paused_at=13.0,
    resumed_at=14.0,
)
WRITTEN_LATER = (
    "slot_at", "slot_rate", "turn_at", "ended_at", "reason", "shelf", "look_at", "paused_at", "resumed_at",
)  # fmt: skip
"""By updates of an item that is there."""


def test_a_new_delivery_is_read_as_it_was_written_and_so_is_what_updates_add() -> None:
    values = delivery_values(WHOLE, shards=32)
    values |= {name: getattr(WHOLE, name) for name in WRITTEN_LATER}
    values |= {"lease_id": "a-worker", "lease_until": 5.0}
    assert delivery_from(values) == WHOLE


def test_none_of_its_fields_is_left_out_here() -> None:
    for one in fields(Delivery):
        assert one.default is MISSING or getattr(WHOLE, one.name) != one.default, one.name


def test_what_an_older_release_ended_is_read_with_when_that_was() -> None:
    values = delivery_values(replace(WHOLE, ended_at=None), shards=32) | {"delivered_at": 17.0}
    assert delivery_from(values).ended_at == 17.0
