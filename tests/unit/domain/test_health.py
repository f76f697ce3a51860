"""Endpoint health: breaker, half-open probe, parking, self-disable."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from doorbell.domain.failures import OF_ONE_EVENT
from doorbell.domain.health import (
    BREAKER_FAILURES,
    DISABLE_AFTER_SECONDS,
    OWN_FAULTS,
    PARK_BASE_SECONDS,
    PARK_MAX_SECONDS,
    RETRY_AFTER_MAX_SECONDS,
    Circuit,
    Health,
    after_attempt,
    after_failure,
    after_success,
    hash_of,
    of_url,
    parks_endpoint,
    should_disable,
)
from doorbell.domain.outbound import Outcome
from doorbell.domain.transitions import succeeded
from tests.support.fakes import START, answered, failed
from tests.unit.domain import strategies as some

LEASE = START + 30
URL = "https://a.example/hooks"


def after(
    health: Health,
    *outcomes: Outcome,
    at: float = START,
    lease_until: float = LEASE,
    ignores: tuple[str, ...] = OF_ONE_EVENT,
) -> Health:
    for outcome in outcomes:
        health = after_failure(
            health, outcome, url=URL, retry_after=0, now=at, lease_until=lease_until, ignores=ignores
        )
    return health


@pytest.mark.parametrize("status", [int(status) for status in OF_ONE_EVENT])
def test_what_an_endpoint_says_of_one_event_counts_neither_for_nor_against_it(status: int) -> None:
    failing = Health(failures=4, failing_since=START - 60)
    assert after(failing, *[answered(status)] * 10) == failing


@pytest.mark.parametrize("outcome", [answered(s) for s in (401, 403, 404, 500)] + [failed("tls_failed")])
def test_what_it_says_of_itself_counts(outcome: Outcome) -> None:
    assert after(Health(), *[outcome] * BREAKER_FAILURES).circuit(START) is Circuit.OPEN


def test_what_is_ignored_is_a_setting_and_an_ignored_probe_makes_room_for_the_next() -> None:
    assert after(Health(), *[answered(400)] * BREAKER_FAILURES, ignores=()).circuit(START) is Circuit.OPEN
    assert after(Health(), answered(503), ignores=("5xx",)) == Health()
    probing = Health(failures=5, parked_until=START - 1, parks=1, probe_until=LEASE)
    assert after(probing, answered(422)) == replace(probing, probe_until=None)


def test_the_breaker_opens_on_the_fifth_consecutive_failure_and_not_before() -> None:
    four = after(Health(), *[answered(500)] * (BREAKER_FAILURES - 1))
    assert four.circuit(START) is Circuit.CLOSED
    assert after(four, answered(500)).circuit(START) is Circuit.OPEN


def told(outcome: Outcome) -> Outcome:
    """Of a call that failed for several: another of them says the same."""
    return replace(outcome, is_told=True)


@pytest.mark.parametrize("first", [0, 1, 9])
@pytest.mark.parametrize("outcome", [answered(500), answered(403), failed("connection_lost")])
def test_one_call_that_failed_for_ten_is_one_failure_whoever_is_recorded_first(
    outcome: Outcome, first: int
) -> None:
    ten = [told(outcome)] * 10
    ten[first] = outcome
    once = after(Health(), *ten)
    assert once == after(Health(), outcome)
    assert after(once, *[outcome] * (BREAKER_FAILURES - 1)).circuit(START) is Circuit.OPEN


@pytest.mark.parametrize("first", [0, 1, 9])
@pytest.mark.parametrize("outcome", [answered(429), answered(503), failed("timeout")])
def test_one_call_that_parks_for_ten_parks_once_and_all_of_them_see_it_parked(
    outcome: Outcome, first: int
) -> None:
    ten = [told(outcome)] * 10
    ten[first] = outcome
    assert after(Health(), *ten[:1]).circuit(START) is Circuit.OPEN
    assert after(Health(), *ten) == after(Health(), outcome)


def test_a_probe_that_failed_in_company_parks_again_though_another_was_told_first() -> None:
    probing = Health(failures=5, failing_since=START - 60, parked_until=START - 1, parks=1, probe_until=LEASE)
    parked = after(probing, told(answered(500)))
    assert (parked.circuit(START), parked.parks) == (Circuit.OPEN, 2)


def test_a_success_in_between_starts_the_count_again() -> None:
    four = after(Health(), *[answered(500)] * 4)
    again = after(after_success(four, START), *[answered(500)] * 4)
    assert again.circuit(START) is Circuit.CLOSED


@pytest.mark.parametrize("outcome", [answered(s) for s in (429, 502, 503, 504)] + [failed("timeout")])
def test_an_overloaded_endpoint_is_parked_at_once(outcome: Outcome) -> None:
    parked = after(Health(), outcome)
    assert parked.parked_until == START + PARK_BASE_SECONDS
    assert parked.circuit(START + PARK_BASE_SECONDS - 0.1) is Circuit.OPEN
    assert parked.circuit(START + PARK_BASE_SECONDS) is Circuit.HALF_OPEN


@pytest.mark.parametrize("outcome", [answered(500), answered(404), answered(302), failed("connect_failed")])
def test_one_failure_of_another_kind_parks_nobody(outcome: Outcome) -> None:
    assert not parks_endpoint(outcome)
    assert after(Health(), outcome).parked_until is None


@pytest.mark.parametrize("error", sorted(OWN_FAULTS))
def test_doorbells_own_faults_say_nothing_of_the_endpoint(error: str) -> None:
    assert after(Health(failures=4), failed(error)) == Health(failures=4)


@given(some.healths, some.outcomes, st.floats(0, 1e9))
def test_health_after_a_failure_is_never_better_and_keeps_its_version(
    health: Health, outcome: Outcome, wanted: float
) -> None:
    assume(not succeeded(outcome))
    worse = after_failure(health, outcome, url=URL, retry_after=wanted, now=START, lease_until=LEASE)
    assert worse.version == health.version
    assert worse.parks - health.parks in (0, 1)
    assert (worse.parked_until or 0) >= min(health.parked_until or 0, START)
    if outcome.error in OWN_FAULTS:
        assert replace(worse, probe_until=health.probe_until) == health
        return
    assert worse.failures == health.failures + 1
    assert worse.failing_since == (START if health.failing_since is None else health.failing_since)


@given(some.healths, st.floats(1, 1e9))
def test_parking_lasts_as_long_as_was_asked_for_up_to_a_day(health: Health, wanted: float) -> None:
    assume(health.circuit(START) is not Circuit.OPEN and not health.probe_taken(START))
    parked = after_failure(health, answered(429), url=URL, retry_after=wanted, now=START, lease_until=LEASE)
    assert parked.parked_until == parked.asked_until == START + min(wanted, RETRY_AFTER_MAX_SECONDS)


@given(some.healths)
def test_parking_without_a_word_from_the_endpoint_lasts_half_a_minute_to_an_hour(health: Health) -> None:
    assume(health.circuit(START) is not Circuit.OPEN and not health.probe_taken(START))
    parked = after_failure(health, answered(429), url=URL, retry_after=0, now=START, lease_until=LEASE)
    assert parked.asked_until is None
    assert parked.parked_until is not None
    assert PARK_BASE_SECONDS <= parked.parked_until - START <= PARK_MAX_SECONDS


def test_a_constant_retry_after_parks_for_as_long_each_time_and_does_not_double() -> None:
    health, waits, now = Health(), [], START
    for _ in range(5):
        answer = answered(503, retry_after="120")
        health = after_attempt(health, answer, url=URL, now=now, lease_until=LEASE)
        assert health.parked_until is not None
        waits.append(health.parked_until - now)
        now = health.parked_until
    assert waits == [120] * 5


def test_parking_doubles_with_every_failed_probe_up_to_an_hour() -> None:
    health, waits, now = Health(), [], START
    for _ in range(10):
        health = after(health, failed("timeout"), at=now)
        assert health.parked_until is not None
        waits.append(health.parked_until - now)
        now = health.parked_until
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_answers_that_were_under_way_when_it_was_parked_do_not_prolong_it() -> None:
    parked = after(Health(), failed("timeout"))
    again = after(parked, *[failed("timeout")] * 8, at=START + 1)
    assert (again.parked_until, again.parks) == (parked.parked_until, 1)


def test_a_late_failure_does_not_take_the_probes_lease_away() -> None:
    probing = Health(failures=6, parked_until=START + 10, parks=1, probe_until=START + 40)
    assert after(probing, failed("timeout")).probe_until == START + 40


def test_a_failed_probe_parks_again_and_frees_the_probe() -> None:
    probing = Health(failures=6, parked_until=START, parks=1, probe_until=LEASE)
    assert probing.circuit(START) is Circuit.HALF_OPEN
    again = after(probing, answered(500))
    assert (again.parked_until, again.probe_until) == (START + 60, None)


@pytest.mark.parametrize("outcome", [answered(500), answered(503), failed("timeout")])
@pytest.mark.parametrize("failures", [1, 6])
def test_a_failure_of_one_that_is_not_the_probe_leaves_probe_and_parking_alone(
    outcome: Outcome, failures: int
) -> None:
    """It was sent before the endpoint was parked, and failed while the probe is under way."""
    probing = Health(failures=failures, parked_until=START, parks=1, probe_until=LEASE)
    late = after(probing, outcome, lease_until=START + 2)
    assert late == replace(probing, failures=failures + 1, failing_since=START, url_hash=hash_of(URL))


def test_the_end_of_a_probe_whose_lease_has_ended_is_a_failure_like_another() -> None:
    dead = Health(failures=6, parked_until=START - 40, parks=1, probe_until=START - 10)
    assert after(dead, answered(500)).parked_until == START + 60


@given(some.healths)
def test_a_success_closes_the_circuit_and_forgets_everything_but_the_version(health: Health) -> None:
    assume(health.circuit(START) is not Circuit.OPEN)
    assert after_success(health, START) == Health(version=health.version)


def test_a_success_that_was_under_way_when_it_was_parked_does_not_open_it() -> None:
    asked = after_failure(
        Health(failures=1), answered(429), url=URL, retry_after=3600, now=START, lease_until=LEASE
    )
    assert after_success(asked, START + 1) == asked


@pytest.mark.parametrize("error", sorted(OWN_FAULTS))
def test_a_probe_that_was_never_sent_is_left_to_another(error: str) -> None:
    probing = Health(failures=6, parked_until=START, parks=1, probe_until=LEASE)
    assert after(probing, failed(error)) == replace(probing, probe_until=None)
    assert after(probing, failed(error), lease_until=LEASE + 1) == probing


def test_what_is_known_of_one_url_says_nothing_of_another() -> None:
    parked = replace(after(Health(), answered(503)), version=7)
    assert of_url(parked, URL) == parked
    elsewhere = of_url(parked, "https://b.example/hooks")
    assert elsewhere == Health(version=7, wake=parked.wake), "who waits for it still has a wake"


def test_a_probe_is_taken_until_its_lease_ends() -> None:
    health = Health(probe_until=START + 10)
    assert health.probe_taken(START + 9.9)
    assert not health.probe_taken(START + 10)
    assert not Health().probe_taken(START)


def test_five_days_of_nothing_but_failure_disable() -> None:
    failing = Health(failures=BREAKER_FAILURES, failing_since=START)
    assert not should_disable(failing, START + DISABLE_AFTER_SECONDS - 1)
    assert should_disable(failing, START + DISABLE_AFTER_SECONDS)


def test_two_failures_a_week_apart_do_not_disable() -> None:
    assert not should_disable(Health(failures=2, failing_since=START), START + 7 * 86_400)


def test_a_healthy_endpoint_is_never_disabled() -> None:
    assert not should_disable(Health(), START + 365 * 86_400)
