"""How a subscription stands: why each waits, which is the oldest, how long the list takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.claims import Due
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease
from doorbell.domain.health import Health
from doorbell.domain.log import Missed
from doorbell.domain.standing import Held, Listed, Lost, Pending, Standing, held_by
from doorbell.domain.transitions import EXPIRY_MARGIN_SECONDS
from doorbell.domain.wakes import Wake
from tests.support.builders import a_delivery
from tests.support.fakes import START

LATER = START + 60
PARKED, HALF_OPEN = Health(parked_until=LATER), Health(parked_until=START - 1)
EVERY_REASON: dict[str, Any] = {
    "lease": Lease("l1", LATER),
    "paused_at": START,
    "shelf": "wait#acme/sub_1#0",
    "next_attempt_at": LATER,
    "turn_at": LATER,
    "slot_at": LATER,
}


def standing(*seen: Delivery, **changes: Any) -> Standing:
    rows = [Due(one.key, one.tenant_id, one.due_at or 0.0, one.attempts_made) for one in seen]
    plain = Standing("acme", "sub_1", Health(), Pending(rows, len(rows), False), Lost(START, (), False))
    return replace(plain, seen=seen, **changes)


def numbered(number: int, **changes: Any) -> Delivery:
    return a_delivery(key=DeliveryKey(f"evt_{number}", "sub_1"), **changes)


@pytest.mark.parametrize(
    ("over", "health", "why"),
    [
        ((), PARKED, Held.NOW),
        (("lease",), PARKED, Held.PAUSED),
        (("lease", "paused_at"), PARKED, Held.PARKED),
        (("lease", "paused_at"), HALF_OPEN, Held.PROBED),
        (("lease", "paused_at"), Health(), Held.LISTED),
        (("lease", "paused_at", "shelf"), Health(), Held.PLACES),
        (("lease", "paused_at", "shelf", "turn_at"), Health(), Held.RATE),
        (("lease", "paused_at", "shelf", "turn_at", "slot_at"), Health(), Held.SCHEDULE),
        (("lease", "paused_at", "shelf", "next_attempt_at"), Health(), Held.QUEUED),
        (tuple(EVERY_REASON), Health(), Held.QUEUED),
    ],
)
def test_of_several_reasons_to_wait_the_one_is_told_that_ends_last(
    over: tuple[str, ...], health: Health, why: Held
) -> None:
    reasons = {name: value for name, value in EVERY_REASON.items() if name not in over}
    assert held_by(a_delivery(**reasons), health, START) is why


def test_a_worker_whose_lease_is_over_holds_nothing() -> None:
    left = a_delivery(lease=Lease("l1", START), next_attempt_at=LATER)
    assert held_by(left, Health(), START) is Held.SCHEDULE


def test_the_newest_failure_is_first_though_another_began_to_fail_later() -> None:
    def failed(number: int, *at: float) -> Delivery:
        made = [Attempt(n + 1, START + when, 5, 500, None, "", "") for n, when in enumerate(at)]
        return numbered(number, attempts=tuple(made))

    found = standing(failed(1, 10, 20), failed(2, 0, 30), failed(3), failed(4, 15, 25))
    assert [one.key.event_id for one in found.failing] == ["evt_2", "evt_4", "evt_1"]


def test_the_oldest_is_what_waits_longest_and_the_first_to_be_given_up_says_until_when() -> None:
    found = standing(
        numbered(1, created_at=START - 60, expires_at=int(START) + 30 * 86_400),
        numbered(2, created_at=START - 90, expires_at=int(START) + 20 * 86_400),
        numbered(3, created_at=START, expires_at=int(START) + 10 * 86_400),
    )
    assert found.oldest is not None
    assert found.oldest.key.event_id == "evt_2"
    assert found.kept_until == int(START) + 10 * 86_400 - EXPIRY_MARGIN_SECONDS
    assert (standing().oldest, standing().kept_until) == (None, None)


@pytest.mark.parametrize(
    ("limit", "pace", "told"),
    [(None, None, 50.0), (None, 200.0, 200.0), (5.0, None, 5.0), (5.0, 200.0, 5.0), (300.0, 200.0, 200.0)],
)
def test_a_list_goes_out_at_its_pace_and_no_faster_than_the_subscription_takes(
    limit: float | None, pace: float | None, told: float
) -> None:
    found = standing(
        health=Health(wake=Wake(START, pace=pace)),
        rate_limit_per_second=limit,
        listed=Listed(1000, False, START),
    )
    assert (found.pace, found.list_seconds) == (told, 1000 / told)


def test_how_long_a_list_takes_is_not_said_where_there_is_none_or_more_on_it_than_were_counted() -> None:
    assert standing().list_seconds is None
    assert standing(listed=Listed(10_000, True, START)).list_seconds is None


def test_all_is_seen_where_the_walk_came_to_its_end_and_each_was_read() -> None:
    both = standing(numbered(1), numbered(2))
    assert both.sees_all
    assert not replace(both, seen=both.seen[:1]).sees_all
    assert not replace(both, pending=replace(both.pending, more=True)).sees_all


def test_what_was_lost_is_counted_by_state_and_reason() -> None:
    rows = [
        Missed(DeliveryKey(f"evt_{number}", "sub_1"), "acme", START, state, reason)
        for number, (state, reason) in enumerate(
            [("exhausted", "age"), ("exhausted", "schedule"), ("exhausted", "age"), ("cancelled", "age")]
        )
    ]
    assert Lost(START, rows, False).by_reason == {
        ("exhausted", "age"): 2,
        ("exhausted", "schedule"): 1,
        ("cancelled", "age"): 1,
    }
