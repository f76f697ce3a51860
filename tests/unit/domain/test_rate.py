"""GCRA: every message gets its exact slot, and no window holds more than the limit allows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.rate import Rate, next_tat, slot_time
from tests.support.fakes import START

rates = st.floats(0.01, 200).map(Rate)
arrivals = st.lists(st.floats(0, 5), min_size=1, max_size=120)


def slots(rate: Rate, waits: list[float]) -> list[tuple[float, float, float]]:
    """(arrival, tat after it, slot) of messages that come `waits` seconds after one another."""
    tat, now, given_out = None, START, []
    for wait in waits:
        now += wait
        tat = next_tat(tat, rate, now)
        given_out.append((now, tat, slot_time(tat, rate, now)))
    return given_out


@given(rates, arrivals)
def test_no_window_ever_holds_more_than_its_length_and_one_burst_allow(
    rate: Rate, waits: list[float]
) -> None:
    times = sorted(slot for _, _, slot in slots(rate, waits))
    burst = max(1, int(rate.per_second))
    for first in range(len(times)):
        for last in range(first, len(times)):
            window = times[last] - times[first]
            assert last - first + 1 <= window * rate.per_second + burst + 1e-3


@given(rates, arrivals)
def test_slots_are_given_once_each_in_order_and_never_before_the_arrival(
    rate: Rate, waits: list[float]
) -> None:
    given_out = slots(rate, waits)
    for (_, earlier, slot), (_, later, next_slot) in pairwise(given_out):
        assert later >= earlier + rate.interval * 0.999, "a place in the limit is paid for once"
        assert next_slot >= slot
    assert all(slot >= now for now, _, slot in given_out)


@given(rates, st.integers(1, 100))
def test_a_backlog_is_spread_at_exactly_the_rate(rate: Rate, number: int) -> None:
    burst = max(1, int(rate.per_second))
    times = [slot for _, _, slot in slots(rate, [0.0] * (burst + number))]
    assert times[burst - 1] == pytest.approx(START, abs=1e-4)
    assert times[-1] - START == pytest.approx(number / rate.per_second, rel=1e-6, abs=1e-3)


def test_a_message_within_the_limit_goes_at_once() -> None:
    assert [slot - now for now, _, slot in slots(Rate(2), [0, 1, 1, 1])] == [0, 0, 0, 0]


def test_a_quiet_hour_saves_up_no_more_than_one_burst() -> None:
    times = [slot for _, _, slot in slots(Rate(1), [0, 3600, 0, 0])]
    assert [slot - START for slot in times[1:]] == pytest.approx([3600, 3601, 3602])


def test_a_rate_below_one_a_second_waits_its_whole_interval() -> None:
    assert [slot - START for _, _, slot in slots(Rate(0.1), [0, 0, 0])] == pytest.approx([0, 10, 20])
