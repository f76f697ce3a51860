"""Hypothesis strategies for the domain's values."""

from __future__ import annotations

from hypothesis import strategies as st

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.domain.failures import WORDS
from doorbell.domain.health import Health
from doorbell.domain.outbound import Outcome
from doorbell.domain.retry import MAX_ATTEMPTS, MAX_DELAY_SECONDS, RetryPolicy
from tests.support.builders import a_delivery
from tests.support.fakes import START

rands = st.floats(0, 1, exclude_max=True)
times = st.floats(START, START + 400 * 86_400)
ages = st.floats(0, 10 * 86_400)

kinds = st.lists(st.sampled_from(("400", "404", *WORDS)), max_size=3).map(tuple)
policies = st.builds(
    RetryPolicy,
    schedule=st.lists(st.floats(0, MAX_DELAY_SECONDS), min_size=1, max_size=MAX_ATTEMPTS).map(tuple),
    jitter=st.floats(0, 1),
    max_age_hours=st.floats(0.01, 8760),
    give_up_on=kinds,
    only_on=kinds,
    breaker_ignores=kinds,
)

retry_afters = st.one_of(
    st.none(),
    st.integers(-10, 10**12).map(str),
    st.sampled_from(["", "soon", "Wed, 21 Oct 2065 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", "1e9"]),
    st.text(max_size=20),
)

answers = st.builds(
    Outcome,
    status=st.integers(100, 599),
    error=st.none(),
    detail=st.just(""),
    retry_after=retry_afters,
    response=st.just(""),
    duration_ms=st.integers(0, 60_000),
)
errors = st.sampled_from(["timeout", "connect_failed", "tls_failed", "secret_missing", "body_missing"])
failures_to_answer = st.builds(
    Outcome,
    status=st.none() | st.integers(100, 599),
    error=errors,
    detail=st.just("why"),
    retry_after=retry_afters,
    response=st.just(""),
    duration_ms=st.integers(0, 60_000),
)
outcomes = answers | failures_to_answer

healths = st.builds(
    Health,
    failures=st.integers(0, 50),
    failing_since=st.none() | st.floats(START - 10 * 86_400, START),
    parked_until=st.none() | st.floats(START - 86_400, START + 86_400),
    parks=st.integers(0, 40),
    probe_until=st.none() | st.floats(START - 60, START + 60),
    asked_until=st.none() | st.floats(START - 86_400, START + 86_400),
    version=st.integers(0, 1000),
)


def attempts(number: int) -> tuple[Attempt, ...]:
    return tuple(Attempt(n + 1, START, 10, 500, None, "", "") for n in range(number))


def _with_attempts(number: int) -> Delivery:
    return a_delivery(attempts=attempts(number))


deliveries = st.integers(0, MAX_ATTEMPTS).map(_with_attempts)
