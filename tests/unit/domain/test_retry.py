"""Retry schedules, Retry-After, and the two clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.clocks import SQS_MAX_DELAY_SECONDS, plan
from doorbell.domain.retry import DEFAULT_SCHEDULE, MAX_ATTEMPTS, PRESETS, RetryPolicy, next_delay
from doorbell.domain.retry_after import retry_after_seconds
from tests.support.fakes import START
from tests.unit.domain import strategies as some


@given(some.policies, st.integers(0, MAX_ATTEMPTS + 5), some.rands)
def test_a_delay_stays_within_the_jitter_around_its_place_in_the_schedule(
    policy: RetryPolicy, made: int, rand: float
) -> None:
    delay = next_delay(policy, made, rand)
    if made >= len(policy.schedule):
        assert delay is None
        return
    base = policy.schedule[made]
    assert delay == pytest.approx(base, abs=base * policy.jitter + 1e-9)
    assert delay is not None
    assert delay >= 0


def test_jitter_reaches_both_ends() -> None:
    policy = RetryPolicy(schedule=(100,), jitter=0.2)
    assert next_delay(policy, 0, 0.0) == pytest.approx(80)
    assert next_delay(policy, 0, 0.5) == pytest.approx(100)
    assert next_delay(policy, 0, 0.999999) == pytest.approx(120, abs=0.001)


def test_the_default_schedule_is_the_one_of_standard_webhooks_and_fits_its_age() -> None:
    hours = [round(delay / 3600, 4) for delay in DEFAULT_SCHEDULE]
    assert hours == [0, 0.0014, 0.0833, 0.5, 2, 5, 10, 14, 20, 24]
    assert sum(DEFAULT_SCHEDULE) * 1.2 < RetryPolicy().max_age_hours * 3600


def test_every_preset_is_made_at_once_first_and_stays_within_the_limits() -> None:
    assert set(PRESETS) == {"standard", "fast", "patient", "once"}
    for schedule in PRESETS.values():
        assert schedule[0] == 0
        assert 1 <= len(schedule) <= MAX_ATTEMPTS


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("-5", 0),
        ("1.5", 2),
        ("٣", 0),
        ("later", 0),
        ("Tue, 14 Nov 2023 22:13:20 GMT", 0),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60),
        ("Tue, 14 Nov 2023 22:14:20 -0000", 60),
        ("Tue, 14 Nov 2023 23:14:20 +0100", 60),
        ("Tue, 14 Nov 2022 22:14:20 GMT", 0),
        ("Tue, 99 Nov 2023 22:14:20 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(value: str | None, seconds: float) -> None:
    assert retry_after_seconds(value, now=START) == seconds


@given(st.text(max_size=60) | st.none(), some.times)
def test_no_retry_after_raises_or_is_negative(value: str | None, now: float) -> None:
    assert retry_after_seconds(value, now=now) >= 0


@given(st.integers(0, 10**7))
def test_a_date_means_the_seconds_until_it(seconds: int) -> None:
    value = format_datetime(datetime.fromtimestamp(START + seconds, UTC), usegmt=True)
    assert retry_after_seconds(value, now=START) == seconds


@given(st.floats(-1e6, 1e7), st.floats(1, 3600))
def test_whatever_is_planned_is_looked_for_by_exactly_one_clock(wait: float, grace: float) -> None:
    step = plan(START + wait, now=START, grace=grace)
    assert step.next_attempt_at == START + wait
    if step.message_delay is None:
        assert wait > SQS_MAX_DELAY_SECONDS
        assert step.due_at == step.next_attempt_at, "the sweeper is the clock: it looks on time"
    else:
        assert 0 <= step.message_delay <= SQS_MAX_DELAY_SECONDS
        assert START + step.message_delay >= step.next_attempt_at, "a message never comes early"
        assert step.due_at == step.next_attempt_at + grace, "the sweeper is the repair: a grace later"


@pytest.mark.parametrize(("wait", "delay"), [(0, 0), (0.2, 1), (899.5, 900), (900, 900), (900.1, None)])
def test_the_two_clocks_meet_at_sqs_longest_delay(wait: float, delay: int | None) -> None:
    assert plan(START + wait, now=START, grace=900).message_delay == delay


def test_no_message_is_delayed_for_longer_than_sqs_takes_however_far_one_would_reach() -> None:
    edge = START + SQS_MAX_DELAY_SECONDS
    assert plan(edge, now=START, grace=900, reach=5000).message_delay == SQS_MAX_DELAY_SECONDS
    assert plan(edge + 1, now=START, grace=900, reach=5000).message_delay is None
