"""The delivery state machine: (delivery, outcome, policy, health, now, random) → verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.failures import NETWORK_ERRORS
from doorbell.domain.health import OWN_FAULTS, RETRY_AFTER_MAX_SECONDS, Health
from doorbell.domain.outbound import Outcome
from doorbell.domain.retry import RetryPolicy, next_delay
from doorbell.domain.transitions import EXPIRY_MARGIN_SECONDS, attempt_of, decide, succeeded, too_old
from tests.support.builders import a_delivery
from tests.support.fakes import START, answered, failed
from tests.unit.domain import strategies as some


@given(some.deliveries, some.outcomes, some.policies, some.healths, some.ages, some.rands)
def test_every_outcome_has_exactly_one_verdict_and_it_says_all_it_must(
    delivery: Delivery, outcome: Outcome, retry: RetryPolicy, health: Health, age: float, rand: float
) -> None:
    verdict = decide(delivery, outcome, retry, health, now=START + age, rand=rand)
    assert (verdict.state is State.PENDING) == (verdict.next_attempt_at is not None)
    assert (verdict.state in (State.EXHAUSTED, State.CANCELLED)) == (verdict.reason is not None)
    assert (verdict.state is State.DELIVERED) == succeeded(outcome)
    assert (verdict.disable is not None) == (verdict.reason == "gone")


@given(some.deliveries, some.outcomes, some.policies, some.healths, some.ages, some.rands)
def test_a_retry_is_never_in_the_past_nor_past_the_age_limit_nor_into_a_parked_endpoint(
    delivery: Delivery, outcome: Outcome, retry: RetryPolicy, health: Health, age: float, rand: float
) -> None:
    now = START + age
    verdict = decide(delivery, outcome, retry, health, now=now, rand=rand)
    if verdict.next_attempt_at is None:
        assert verdict.state.terminal
        return
    delay = next_delay(retry, delivery.next_attempt, rand)
    assert delay is not None
    assert verdict.next_attempt_at >= now + delay, "the schedule is never shortened"
    waits_until = verdict.waits_until or verdict.next_attempt_at
    assert waits_until >= (health.parked_until or 0), (
        "who may go before the parking ends waits for its endpoint"
    )
    assert verdict.next_attempt_at <= delivery.created_at + retry.max_age_hours * 3600
    latest = max(now + delay, now + RETRY_AFTER_MAX_SECONDS, health.parked_until or 0)
    assert verdict.next_attempt_at <= latest, "Retry-After is capped"


@given(some.policies, some.rands)
def test_a_delivery_that_only_fails_ends_after_exactly_the_schedules_attempts(
    retry: RetryPolicy, rand: float
) -> None:
    retry = replace(retry, give_up_on=(), only_on=())
    delivery, made, now = a_delivery(), 0, START
    while True:
        verdict = decide(delivery, failed(), retry, Health(), now=now, rand=rand)
        made += 1
        assert made <= len(retry.schedule)
        if verdict.next_attempt_at is None:
            break
        now = verdict.next_attempt_at
        delivery = a_delivery(attempts=(*delivery.attempts, attempt_of(delivery, failed(), now)))
    assert verdict.state is State.EXHAUSTED
    assert verdict.reason == "age" or made == len(retry.schedule)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_answer_delivers(status: int) -> None:
    verdict = decide(a_delivery(), answered(status), RetryPolicy(), Health(), now=START, rand=0.5)
    assert verdict.state is State.DELIVERED


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503, 599])
def test_anything_else_is_tried_again(status: int) -> None:
    verdict = decide(a_delivery(), answered(status), RetryPolicy(), Health(), now=START, rand=0.5)
    assert verdict.state is State.PENDING
    assert verdict.next_attempt_at == START + 5


@pytest.mark.parametrize("error", ["timeout", "connection_lost", "protocol_error", "headers_too_large"])
def test_a_2xx_is_a_success_whatever_became_of_the_rest_of_the_answer(error: str) -> None:
    outcome = Outcome(200, error, "", None, "", 15_000)
    verdict = decide(a_delivery(), outcome, RetryPolicy(), Health(), now=START, rand=0.5)
    assert verdict.state is State.DELIVERED
    assert attempt_of(a_delivery(), outcome, START).is_success


def test_gone_cancels_the_delivery_and_disables_the_subscription() -> None:
    verdict = decide(a_delivery(), answered(410), RetryPolicy(), Health(), now=START, rand=0.5)
    assert (verdict.state, verdict.reason) == (State.CANCELLED, "gone")
    assert verdict.disable is not None


def test_a_410_that_is_not_a_complete_answer_does_not_disable() -> None:
    outcome = Outcome(410, "timeout", "", None, "", 1)
    verdict = decide(a_delivery(), outcome, RetryPolicy(), Health(), now=START, rand=0.5)
    assert (verdict.state, verdict.disable) == (State.PENDING, None)


def test_retry_after_is_honoured_where_it_is_longer_than_the_schedule() -> None:
    outcome = answered(429, retry_after="3600")
    verdict = decide(a_delivery(), outcome, RetryPolicy(), Health(), now=START, rand=0.5)
    assert verdict.next_attempt_at == START + 3600


def test_retry_after_never_shortens_the_schedule() -> None:
    retry = RetryPolicy(schedule=(0, 600), jitter=0)
    outcome = answered(503, retry_after="1")
    verdict = decide(a_delivery(), outcome, retry, Health(), now=START, rand=0.5)
    assert verdict.next_attempt_at == START + 600


def test_retry_after_beyond_a_day_is_cut_to_a_day() -> None:
    outcome = answered(429, retry_after="999999999")
    verdict = decide(a_delivery(), outcome, RetryPolicy(), Health(), now=START, rand=0.5)
    assert verdict.next_attempt_at == START + 24 * 3600


def test_the_last_attempt_of_the_schedule_exhausts() -> None:
    verdict = decide(a_delivery(), failed(), RetryPolicy(schedule=(0,)), Health(), now=START, rand=0.5)
    assert (verdict.state, verdict.reason) == (State.EXHAUSTED, "schedule")


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("404", answered(404)),
        ("4xx", answered(499)),
        ("3xx", answered(302)),
        ("5xx", answered(503, retry_after="60")),
        ("timeout", failed("timeout")),
        *(("network", failed(error)) for error in sorted(NETWORK_ERRORS)),
    ],
)
def test_a_failure_of_a_kind_that_is_given_up_on_ends_the_delivery_and_of_no_other(
    kind: str, outcome: Outcome
) -> None:
    def end(retry: RetryPolicy) -> tuple[State, str | None]:
        verdict = decide(a_delivery(), outcome, retry, Health(), now=START, rand=0.5)
        return verdict.state, verdict.reason

    gives_up, goes_on = (State.EXHAUSTED, "given_up"), (State.PENDING, None)
    others = tuple(other for other in ("400", "3xx", "4xx", "5xx", "timeout", "network") if other != kind)
    others = tuple(other for other in others if kind != "404" or other != "4xx")
    assert end(RetryPolicy(give_up_on=(kind,))) == gives_up
    assert end(RetryPolicy(give_up_on=others)) == goes_on
    assert end(RetryPolicy(only_on=(kind,))) == goes_on
    assert end(RetryPolicy(only_on=others)) == gives_up


def test_an_answer_whose_body_never_ended_is_a_status_and_a_time_out() -> None:
    outcome = replace(answered(500), error="timeout")
    for kind in ("5xx", "timeout"):
        verdict = decide(
            a_delivery(), outcome, RetryPolicy(give_up_on=(kind,)), Health(), now=START, rand=0.5
        )
        assert verdict.reason == "given_up"


@pytest.mark.parametrize("error", sorted(OWN_FAULTS))
def test_doorbells_own_faults_are_tried_again_whatever_the_rules(error: str) -> None:
    for retry in (RetryPolicy(only_on=("5xx",)), RetryPolicy(give_up_on=("timeout", "network"))):
        verdict = decide(a_delivery(), failed(error), retry, Health(), now=START, rand=0.5)
        assert verdict.state is State.PENDING


@pytest.mark.parametrize("retry", [RetryPolicy(only_on=("410",)), RetryPolicy(only_on=("5xx",))])
def test_gone_and_success_are_what_they_are_whatever_the_rules(retry: RetryPolicy) -> None:
    gone = decide(a_delivery(), answered(410), retry, Health(), now=START, rand=0.5)
    assert (gone.state, gone.reason) == (State.CANCELLED, "gone")
    assert decide(a_delivery(), answered(204), retry, Health(), now=START, rand=0.5).state is State.DELIVERED


def test_a_delivery_too_old_for_its_next_attempt_is_exhausted_by_age() -> None:
    retry = RetryPolicy(schedule=(0, 60), max_age_hours=1)
    at = START + 3600 - 30
    verdict = decide(a_delivery(), failed(), retry, Health(), now=at, rand=0.5)
    assert (verdict.state, verdict.reason) == (State.EXHAUSTED, "age")


def test_age_counts_from_creation_and_the_limit_itself_is_not_too_old() -> None:
    retry = RetryPolicy(max_age_hours=1)
    assert not too_old(a_delivery(), retry, START + 3600)
    assert too_old(a_delivery(), retry, START + 3600.001)


@given(some.deliveries, some.outcomes)
def test_an_attempt_bears_the_next_number_and_the_outcomes_facts(
    delivery: Delivery, outcome: Outcome
) -> None:
    attempt = attempt_of(delivery, outcome, START)
    assert attempt.number == len(delivery.attempts) + 1
    assert (attempt.status, attempt.error, attempt.at) == (outcome.status, outcome.error, START)


@given(some.outcomes)
def test_the_outcomes_own_idea_of_success_is_the_state_machines(outcome: Outcome) -> None:
    assert outcome.is_success == succeeded(outcome)


@given(some.deliveries, some.outcomes, some.policies, some.healths, some.ages, some.rands)
def test_guarantee_2_a_delivery_never_waits_until_its_item_is_removed(
    delivery: Delivery, outcome: Outcome, retry: RetryPolicy, health: Health, age: float, rand: float
) -> None:
    kept = replace(delivery, expires_at=int(delivery.created_at + 7 * 86_400))
    verdict = decide(kept, outcome, retry, health, now=START + age, rand=rand)
    if verdict.next_attempt_at is not None:
        assert verdict.next_attempt_at <= kept.expires_at - EXPIRY_MARGIN_SECONDS
    assert too_old(kept, retry, kept.expires_at - EXPIRY_MARGIN_SECONDS + 1)


def test_who_is_gone_is_disabled_for_what_the_outcome_says_of_it() -> None:
    gone = Outcome(410, None, "the target is not there", None, "", 5)
    for outcome, why in (
        (gone, "the target is not there"),
        (replace(gone, detail=""), "the subscriber answered 410 Gone"),
    ):
        verdict = decide(a_delivery(), outcome, RetryPolicy(), Health(), now=START, rand=0.5)
        assert (verdict.state, verdict.disable) == (State.CANCELLED, why)
