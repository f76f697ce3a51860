"""What a test says of its delivery, and when nothing would be sent."""

from typing import Any

import pytest

from doorbell.domain.deliveries import Attempt, Delivery, Lease, State
from doorbell.domain.health import Health, hash_of
from doorbell.domain.replays import Selection
from doorbell.domain.trial_jobs import TrialJob, outcome_of, waits_for
from doorbell.domain.trials import TEST_OVER, given_up, why_not
from tests.support.builders import a_delivery, a_subscription
from tests.support.fakes import START

WORK = TrialJob("job1", Selection("acme", "sub", START, START + 300, ()), "a.b", "{}", made_at=START)


def tried(status: int | None, error: str | None = None) -> Attempt:
    return Attempt(1, START, 5, status, error, "", "")


def ended(state: State, reason: str | None, *attempts: Attempt) -> Delivery:
    return a_delivery(state=state, reason=reason, attempts=attempts, due_at=None, ended_at=START + 9)


OUTCOMES = [
    (ended(State.DELIVERED, None, tried(204)), "delivered", ""),
    (ended(State.CANCELLED, TEST_OVER, tried(500)), "failed", ""),
    (ended(State.CANCELLED, TEST_OVER, tried(None, "timeout")), "failed", ""),
    (ended(State.EXHAUSTED, "schedule", tried(404)), "failed", "schedule"),
    (ended(State.CANCELLED, TEST_OVER, tried(None, "address_refused")), "not_sent", ""),
    (ended(State.CANCELLED, TEST_OVER, tried(None, "target_refused")), "not_sent", ""),
    (ended(State.CANCELLED, TEST_OVER, tried(None, "secret_missing")), "not_sent", ""),
    (ended(State.CANCELLED, TEST_OVER, tried(None, "large_not_kept")), "not_sent", ""),
    (ended(State.CANCELLED, "subscription_disabled"), "not_sent", "subscription_disabled"),
    (ended(State.CANCELLED, TEST_OVER), "not_yet", "parked"),
]


@pytest.mark.parametrize(("delivery", "outcome", "reason"), OUTCOMES)
def test_the_outcome_is_what_became_of_its_delivery(delivery: Delivery, outcome: str, reason: str) -> None:
    assert outcome_of(delivery) == outcome
    waited = WORK.rested(a_delivery(shelf="wait#acme/sub#0"), START + 5)
    over = waited.ended(delivery, START + 9)
    assert (over.outcome, over.reason, over.finished_at) == (outcome, reason, START + 9)


def test_one_that_is_under_way_waits_for_nothing_one_on_the_list_for_its_endpoint_or_a_resume() -> None:
    assert waits_for(a_delivery()) == ""
    assert waits_for(a_delivery(shelf="wait#acme/sub#0")) == "parked"
    assert waits_for(a_delivery(shelf="wait#acme/sub#0", paused_at=START)) == "paused"


def test_what_is_given_up_stands_on_no_list_and_holds_nothing() -> None:
    held = a_delivery(
        shelf="wait#acme/sub#0", look_at=START, lease=Lease("x", START), slot_at=START, slot_rate=1.0,
        turn_at=START,
    )  # fmt: skip
    assert held.freed() == a_delivery()
    over = given_up(held, START + 1)
    assert (over.state, over.reason, over.ended_at) == (State.CANCELLED, TEST_OVER, START + 1)
    free = (over.shelf, over.look_at, over.lease, over.slot_at, over.slot_rate, over.turn_at, over.due_at)
    assert free == (None,) * 7


URL = "https://example.com/hook"
PARKED = Health(failures=5, parked_until=START + 60, url_hash=hash_of(URL))


@pytest.mark.parametrize(
    ("changes", "health", "why"),
    [
        ({}, Health(), None),
        ({"enabled": False, "paused": True}, PARKED, "subscription_disabled"),
        ({"paused": True}, PARKED, "subscription_paused"),
        ({}, PARKED, "endpoint_parked"),
        ({"url": "https://example.com/elsewhere"}, PARKED, None),
        ({}, Health(failures=5, parked_until=START, url_hash=hash_of(URL)), None),
    ],
)
def test_why_nothing_would_be_sent(changes: dict[str, Any], health: Health, why: str | None) -> None:
    assert why_not(a_subscription(**changes), health, START) == why
