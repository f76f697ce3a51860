"""How subscriptions stand: what is said is what there is, counted one by one, whatever else there is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey
from doorbell.domain.health import Health, hash_of
from doorbell.domain.standing import Standing
from doorbell.domain.subscriptions import scoped
from tests.support.builders import a_delivery
from tests.support.fakes import START
from tests.unit.usecases.standing_record import NAMES, TENANTS, URL, Record, is_lost, records


def holds(record: Record, found: Standing, since: float) -> None:
    tenant, name = found.tenant_id, found.subscription_id
    own = record.of(tenant, name)
    waits = {one.key for one in own if not one.state.terminal}
    lost = [one for one in own if is_lost(one, since)]
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
                if is_lost(one, since)
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
            if not one.state.terminal or one.key in record.behind or is_lost(one, since)
        }
        there = {values["subscription_id"] for values in record.items if values["tenant_id"] == tenant}
        assert [one.subscription_id for one in found] == sorted(there | left)
        for one in found:
            holds(record, one, since)
        assert sum(len(one.pending.rows) for one in found) == len(record.pending(tenant).rows)
        lost = [one for one in record.of(tenant, None) if is_lost(one, since)]
        assert sum(len(one.lost.rows) for one in found) == len(lost)


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


def failing(name: str, number: int, failures: int, in_seconds: float, **changes: Any) -> Delivery:
    """As one that the sweeper sends at its time."""
    return a_delivery(
        key=DeliveryKey(f"evt_{name}_{number:03}", name),
        attempts=tuple(Attempt(n + 1, START - 100 + n, 5, 500, None, "", "") for n in range(failures)),
        next_attempt_at=START + in_seconds,
        due_at=START + in_seconds,
        **changes,
    )


def test_whoever_fails_is_told_with_the_attempt_that_comes_soonest_however_often_others_have_failed() -> None:
    """Of one subscription with more than is read, and of each of more than a read has room for two of."""
    many = [failing("many", number, 9, 90_000 - number) for number in range(300)]
    fresh = [failing("many", 300 + number, 0, number / 10) for number in range(300)]
    there = [*many, *fresh, failing("many", 700, 1, 60)]
    for number in range(70):
        there += [failing(f"sub_{number}", 1, 9, 80_000), failing(f"sub_{number}", 2, 1, 60 + number)]
    of_tenant = {one.subscription_id: one for one in Record(there=there).status().all("acme", START)}
    of_one = Record(there=there).status().of("acme", "many", START)
    assert [found.soonest and found.soonest.key.event_id for found in (of_one, of_tenant["many"])] == [
        "evt_many_700", "evt_many_700",
    ]  # fmt: skip
    soonest = {name: found.soonest for name, found in of_tenant.items() if name != "many"}
    assert {name: one and one.key.event_id for name, one in soonest.items()} == {
        f"sub_{number}": f"evt_sub_{number}_002" for number in range(70)
    }


def test_what_a_pause_holds_is_not_what_comes_soonest() -> None:
    held = failing("books", 1, 2, 10, paused_at=START)
    goes = failing("books", 2, 2, 600)
    assert Record(there=[held, goes]).status().of("acme", "books", START).soonest == goes
    assert Record(there=[held]).status().of("acme", "books", START).soonest == held
