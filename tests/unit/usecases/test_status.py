"""How subscriptions stand: what is said is what there is, counted one by one, whatever else there is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.deliveries import Attempt, DeliveryKey
from doorbell.domain.health import Health, hash_of
from doorbell.domain.standing import Standing
from doorbell.domain.subscriptions import scoped
from tests.support.builders import a_delivery
from tests.support.fakes import START
from tests.unit.usecases.standing_record import LOST, NAMES, TENANTS, URL, Record, records


def holds(record: Record, found: Standing, since: float) -> None:
    tenant, name = found.tenant_id, found.subscription_id
    own = record.of(tenant, name)
    waits = {one.key for one in own if not one.state.terminal}
    lost = [one for one in own if one.state in LOST and (one.ended_at or 0.0) >= since]
    behind = {one.key for one in own} & record.behind
    assert {row.key for row in found.pending.rows} == waits | behind
    assert (found.pending.more, found.lost.more) == (record.more, record.more)
    assert found.lost.by_reason == Counter((one.state.value, one.reason) for one in lost)
    assert {one.key for one in found.seen} <= waits
    item = record.get(tenant, name)
    assert found.exists == (item is not None)
    values = {} if item is None else item.values
    health = record.of_endpoints.get(scoped(tenant, name), Health())
    broken = "signing" in values
    elsewhere = item is not None and not broken and health.url_hash not in ("", hash_of(URL))
    assert found.health == (Health(wake=health.wake) if elsewhere else health)
    assert found.enabled == values.get("enabled", True)
    assert found.paused == values.get("paused", False)
    assert (found.off_since, found.paused_since) == (values.get("disabled_at"), values.get("paused_at"))
    assert (found.attempts_allowed is None) == (item is None or broken)


@given(records(), st.integers(0, 7200))
def test_one_subscription_is_said_as_it_is_and_nothing_of_another_tenants_of_that_name(
    record: Record, age: int
) -> None:
    status, since = record.status(), START - age
    for tenant in TENANTS:
        for name in NAMES:
            found = status.of(tenant, name, since)
            holds(record, found, since)
            assert {one.key for one in found.seen} == {row.key for row in found.pending.rows} - record.behind
            again = {
                one.key
                for one in record.of(tenant, name)
                if one.state in LOST
                and (one.ended_at or 0.0) >= since
                and replace(one.key, generation=one.key.generation + 1) in record.replayed
            }
            assert found.lost.replayed == len(again)
            place = scoped(tenant, name)
            wake = record.of_endpoints.get(place, Health()).wake
            count = None if found.listed is None else found.listed.count
            assert count == (None if wake is None else record.waiting.get(place, 0))


@given(records(), st.integers(0, 7200))
def test_of_a_tenant_all_are_said_that_there_are_and_those_of_which_something_is_left(
    record: Record, age: int
) -> None:
    since = START - age
    for tenant in TENANTS:
        found = record.status().all(tenant, since)
        left = {
            one.key.subscription_id
            for one in record.of(tenant, None)
            if not one.state.terminal
            or one.key in record.behind
            or (one.state in LOST and (one.ended_at or 0.0) >= since)
        }
        there = {values["subscription_id"] for values in record.items if values["tenant_id"] == tenant}
        assert [one.subscription_id for one in found] == sorted(there | left)
        for one in found:
            holds(record, one, since)
        assert sum(len(one.pending.rows) for one in found) == len(record.pending(tenant).rows)
        assert sum(len(one.lost.rows) for one in found) == len(record.of_tenant(tenant, since)[0])


def test_of_many_those_are_looked_at_that_failed_most_and_those_that_are_next() -> None:
    record = Record(
        there=[
            a_delivery(
                "first",
                key=DeliveryKey(f"evt_{number:03}", "first"),
                due_at=START + number,
                attempts=(Attempt(1, START, 5, 500, None, "", ""),) * (2 if number == 250 else number % 2),
            )
            for number in range(300)
        ]
    )
    found = record.status().of("acme", "first", START)
    seen = {one.key.event_id for one in found.seen}
    assert len(seen) == 100
    assert not found.sees_all
    assert {"evt_250", "evt_000", "evt_001"} <= seen
    assert len(found.failing) >= 50
