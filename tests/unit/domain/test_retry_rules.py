"""A subscription's retry rules part all outcomes: each has one end, whatever else is so."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.health import OWN_FAULTS, Circuit, Health, after_attempt
from doorbell.domain.outbound import Outcome
from doorbell.domain.retry import RetryPolicy
from doorbell.domain.transitions import decide
from tests.support.builders import a_delivery
from tests.support.fakes import START
from tests.unit.domain import strategies as some

URL = "https://a.example/hooks"
NAMES = {"timeout": "timeout", "connect_failed": "network", "tls_failed": "network", "dns_failed": "network"}
errors = st.sampled_from([*NAMES, "secret_missing", "lookups_busy", "address_refused"])
outcomes = st.builds(
    Outcome,
    status=st.none() | st.sampled_from([200, 204, 302, 400, 404, 410, 422, 429, 500, 503]),
    error=st.none() | errors,
    detail=st.just(""),
    retry_after=st.none(),
    response=st.just(""),
    duration_ms=st.just(1),
).filter(lambda outcome: outcome.status is not None or outcome.error is not None)
patient = st.builds(
    RetryPolicy, give_up_on=some.kinds, only_on=some.kinds, breaker_ignores=some.kinds, jitter=st.just(0.0)
)
young = st.integers(0, 3).map(lambda made: a_delivery(attempts=some.attempts(made)))


def called(outcome: Outcome) -> set[str]:
    """As the documentation has it: its status, the class of that, and what broke."""
    status = set() if outcome.status is None else {str(outcome.status), f"{str(outcome.status)[0]}xx"}
    return status | ({NAMES[outcome.error]} if outcome.error in NAMES else set())


def ruled_out(outcome: Outcome, retry: RetryPolicy) -> bool:
    named = called(outcome)
    return bool(named & set(retry.give_up_on)) or bool(retry.only_on and not named & set(retry.only_on))


@given(young, outcomes, patient)
def test_each_outcome_delivers_or_is_gone_or_is_ruled_out_or_is_tried_again(
    delivery: Delivery, outcome: Outcome, retry: RetryPolicy
) -> None:
    verdict = decide(delivery, outcome, retry, Health(), now=START, rand=0.5)
    if outcome.status in (200, 204):
        expected: tuple[State, str | None] = (State.DELIVERED, None)
    elif outcome.status == 410 and outcome.error is None:
        expected = (State.CANCELLED, "gone")
    elif outcome.error not in OWN_FAULTS and ruled_out(outcome, retry):
        expected = (State.EXHAUSTED, "given_up")
    else:
        expected = (State.PENDING, None)
    assert (verdict.state, verdict.reason) == expected


@given(st.integers(0, 5), outcomes, patient)
def test_a_failure_counts_against_the_endpoint_unless_it_is_doorbells_own_or_the_subscription_ignores_it(
    failures: int, outcome: Outcome, retry: RetryPolicy
) -> None:
    before = Health(failures=failures, failing_since=START - 60 if failures else None, version=3)
    after = after_attempt(
        before, outcome, url=URL, now=START, lease_until=START + 30, ignores=retry.breaker_ignores
    )
    if outcome.status in (200, 204):
        assert after == Health(version=3)
    elif outcome.error in OWN_FAULTS or called(outcome) & set(retry.breaker_ignores):
        assert after == before
    else:
        assert after.failures == failures + 1
        overloaded = outcome.error == "timeout" or outcome.status in (429, 503)
        assert (after.circuit(START) is Circuit.OPEN) == (overloaded or failures + 1 >= 5)


@given(young, outcomes, patient, some.healths)
def test_what_the_rules_say_does_not_hang_on_the_endpoints_health(
    delivery: Delivery, outcome: Outcome, retry: RetryPolicy, health: Health
) -> None:
    """A rule ends a delivery of a parked endpoint as one of a healthy endpoint, and only a rule does."""
    healthy = decide(delivery, outcome, retry, Health(), now=START, rand=0.5)
    other = decide(delivery, outcome, retry, replace(health, wake=None), now=START, rand=0.5)
    assert (healthy.reason == "given_up") == (other.reason == "given_up")
    assert healthy.disable == other.disable
