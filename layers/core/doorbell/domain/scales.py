"""How long things took, counted in fixed logarithmic buckets, from which percentiles are read.

Two buckets to each doubling, from a millisecond to twelve days. What is read is the upper bound of the bucket
that a percentile lies in: the true value is at most that, and more than seven tenths of it. Fixed, so that
counts of different times and workers can be added.
"""

from bisect import bisect_left
from collections.abc import Mapping

BOUNDS_MS = tuple(sorted({round(2 ** (n / 2)) for n in range(61)}))
"""Upper bounds, in milliseconds. What is longer than the last is counted in it."""
PERCENTILES = (50, 95, 99)


def bucket_of(seconds: float) -> int:
    return min(bisect_left(BOUNDS_MS, round(seconds * 1000)), len(BOUNDS_MS) - 1)


def percentile_ms(counts: Mapping[int, int], percent: int) -> int | None:
    """`counts` by bucket. None where nothing was counted."""
    total, seen = sum(counts.values()), 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen * 100 >= total * percent:
            return BOUNDS_MS[bucket]
    return None
