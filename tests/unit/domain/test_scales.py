"""Percentiles are read of counts, and are right to one bucket."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.rollups import ANSWER
from doorbell.domain.scales import BOUNDS_MS, PERCENTILES, bucket_of, percentile_ms
from doorbell.domain.summaries import Rollup, added

TIMES = st.lists(st.integers(1, BOUNDS_MS[-1]), min_size=1, max_size=200)


def test_bounds_double_with_every_second_bucket_from_a_millisecond_to_twelve_days() -> None:
    assert (BOUNDS_MS[0], BOUNDS_MS[-1] // 86_400_000) == (1, 12)
    assert all(1 < above / below <= 2 for below, above in pairwise(BOUNDS_MS))
    assert all(above / below < 1.51 for below, above in pairwise(BOUNDS_MS[2:]))


@given(TIMES)
def test_a_percentile_is_the_bound_of_the_bucket_that_the_true_one_is_in(times: list[int]) -> None:
    counts = Counter(bucket_of(ms / 1000) for ms in times)
    for percent in PERCENTILES:
        true = sorted(times)[math.ceil(len(times) * percent / 100) - 1]
        assert percentile_ms(counts, percent) == BOUNDS_MS[bucket_of(true / 1000)]
        assert true <= BOUNDS_MS[bucket_of(true / 1000)] <= max(true * 1.5, true + 1)


@given(TIMES, TIMES)
def test_counts_of_two_times_are_added_and_read_as_if_counted_together(a: list[int], b: list[int]) -> None:
    def rollup(times: list[int]) -> Rollup:
        return Rollup(0, dict(Counter(f"{ANSWER}{bucket_of(ms / 1000)}" for ms in times)))

    together = added(0, [rollup(a), rollup(b)])
    assert together.percentiles_ms(ANSWER) == rollup(a + b).percentiles_ms(ANSWER)


def test_what_is_shorter_or_longer_than_any_bound_is_counted_in_the_first_and_the_last() -> None:
    assert (bucket_of(0), bucket_of(1e9)) == (0, len(BOUNDS_MS) - 1)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile_ms({}, 95) is None
    assert Rollup(0, {"delivered": 3, "total": 1}).percentiles_ms(ANSWER) == dict.fromkeys(PERCENTILES)
