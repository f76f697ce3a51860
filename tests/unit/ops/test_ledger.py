"""The ledger's rules: a sound event is silent, and each way to be broken has a name of its own."""

from dataclasses import replace

import pytest

from doorbell.domain.ledger import (
    OVERDUE_SECONDS,
    SETTLE_SECONDS,
    DeliveryEntry,
    EventEntry,
    Totals,
    add,
    discrepancies,
)

NOW = 1_700_000_000.0
OLD = NOW - SETTLE_SECONDS - 1

DELIVERED = DeliveryEntry(
    subscription_id="a",
    generation=0,
    state="delivered",
    created_at=OLD,
    due_at=None,
    indexed=False,
    ended_at=OLD + 1,
    reason=None,
    attempts=1,
    attempts_made=1,
    answered=204,
)
PENDING = replace(
    DELIVERED, state="pending", due_at=NOW + 5, indexed=True, ended_at=None, attempts=0, attempts_made=0
)
EXHAUSTED = replace(DELIVERED, state="exhausted", reason="schedule", answered=500)


def an_entry(*deliveries: DeliveryEntry, matched: tuple[str, ...] = ("a",), at: float = OLD) -> EventEntry:
    return EventEntry("evt_1", at, int(NOW) + 86_400, matched, True, deliveries)


def codes(entry: EventEntry) -> list[str]:
    return [found.code for found in discrepancies(entry, now=NOW)]


@pytest.mark.parametrize("delivery", [DELIVERED, PENDING, EXHAUSTED])
def test_a_sound_delivery_is_silent(delivery: DeliveryEntry) -> None:
    assert codes(an_entry(delivery)) == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (replace(PENDING, due_at=None), "pending_forgotten"),
        (replace(PENDING, indexed=False), "pending_forgotten"),
        (replace(PENDING, due_at=NOW - OVERDUE_SECONDS - 1), "pending_overdue"),
        (replace(DELIVERED, indexed=True), "ended_still_due"),
        (replace(DELIVERED, due_at=NOW), "ended_still_due"),
        (replace(DELIVERED, ended_at=None), "ended_without_time"),
        (replace(DELIVERED, answered=500), "delivered_without_success"),
        (replace(DELIVERED, answered=None), "delivered_without_success"),
        (replace(EXHAUSTED, reason=None), "ended_without_reason"),
        (replace(EXHAUSTED, state="cancelled", reason=""), "ended_without_reason"),
        (replace(DELIVERED, attempts_made=2), "attempts_miscounted"),
        (replace(DELIVERED, state="sent"), "state_unknown"),
    ],
)
def test_each_broken_delivery_has_its_name(broken: DeliveryEntry, code: str) -> None:
    assert codes(an_entry(broken)) == [code]


def test_a_match_without_a_delivery_is_missing_once_fan_out_must_be_over() -> None:
    assert codes(an_entry(DELIVERED, matched=("a", "b"))) == ["delivery_missing"]
    assert codes(an_entry(DELIVERED, matched=("a", "b"), at=NOW - 5)) == []


def test_a_routing_record_without_its_last_page_is_reported() -> None:
    assert codes(replace(an_entry(DELIVERED), routed=False)) == ["routing_incomplete"]


def test_matched_is_what_is_in_the_states_and_replays_are_counted_apart() -> None:
    totals = Totals()
    replay = replace(DELIVERED, generation=1)
    unmatched = replace(DELIVERED, subscription_id="z")
    entry = an_entry(
        replace(EXHAUSTED), replay, unmatched, replace(PENDING, subscription_id="b"), matched=("a", "b")
    )
    add(totals, entry, now=NOW)
    assert dict(totals.states) == {"exhausted": 1, "pending": 1}
    assert totals.replays["delivered"] == 2
    assert totals.matched == 2
    assert totals.balanced


def test_a_missing_delivery_unbalances_an_old_event_and_is_under_way_in_a_young_one() -> None:
    old, young = Totals(), Totals()
    add(old, an_entry(matched=("a",)), now=NOW)
    add(young, an_entry(matched=("a",), at=NOW - 5), now=NOW)
    assert not old.balanced
    assert young.balanced
    assert young.under_way == 1


def test_a_state_nobody_knows_does_not_count_as_one() -> None:
    totals = Totals()
    add(totals, an_entry(replace(DELIVERED, state="sent")), now=NOW)
    assert not totals.balanced
