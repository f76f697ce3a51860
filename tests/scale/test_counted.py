"""What an event costs, and that the keys of the sample are those that its items have."""

from __future__ import annotations

from itertools import islice

import pytest

from doorbell.domain.deliveries import DeliveryKey
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.events.event_items import event_values
from tests.scale.counted import EVENTS, delivered, filed
from tests.scale.traffic import DEAD_SHARE, HOT, HOT_SHARE, NOON, SHARDS, SUBSCRIPTION, partitions, rung
from tests.support.builders import a_delivery, a_stored_event, an_incoming


def test_an_event_that_is_delivered_at_once_costs_nine_write_units() -> None:
    """The event 2 and its row in the log 1; the delivery put, claimed and recorded; into the due index and
    out of it; into its history."""
    each = {"events": 5.0, "by_tenant": 1.0, "due": 2.0, "shelf, history": 1.0}
    assert dict(delivered().written) == each


def test_a_delivery_that_is_filed_moves_in_the_due_index_and_onto_its_list() -> None:
    """But for the one or two that are sent as a probe."""
    units = filed().written
    assert units["due"] == pytest.approx(3.0, abs=0.2)
    assert units["shelf, waiting"] == pytest.approx(1.0, abs=0.2)
    assert units["shelf, history"] == 0


def test_those_that_are_filed_in_a_second_look_at_their_endpoint_together() -> None:
    """It is read once for each delivery before it is claimed, eventually; strongly some four times in all."""
    assert filed().read["endpoints"] * EVENTS <= 0.5 * EVENTS + 8


def test_the_keys_of_the_sample_are_those_of_the_items() -> None:
    for one in islice(rung(1000), 100):
        keys = partitions(one)
        incoming = an_incoming(tenant_id=one.tenant_id, event_id=one.event_id)
        event = a_stored_event(incoming, created_at=NOON)
        assert event_values(event)["tenant_day"] == keys["by_tenant"]
        delivery = a_delivery(key=DeliveryKey(one.event_id, SUBSCRIPTION), tenant_id=one.tenant_id)
        assert delivery_values(delivery, SHARDS)["due_shard"] == keys["due"]


def test_one_tenant_has_half_of_the_traffic_and_one_endpoint_in_a_hundred_is_dead() -> None:
    some = list(rung(20_000))
    busy = sum(one.tenant_id == HOT for one in some) / len(some)
    dead = sum(one.dead for one in some) / len(some)
    assert busy == pytest.approx(HOT_SHARE, abs=0.02)
    assert dead == pytest.approx((1 - HOT_SHARE) * DEAD_SHARE, abs=0.002)
    assert some == list(rung(20_000)), "of one seed"
