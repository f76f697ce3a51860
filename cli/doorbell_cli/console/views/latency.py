"""How long deliveries took, hour by hour, in a few spans of time."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.rollups import LATENCY
from doorbell.domain.scales import BOUNDS_MS
from doorbell.domain.summaries import Rollup

SPANS = {
    64: "64 ms", 256: "256 ms", 1_024: "1 s", 4_096: "4 s", 16_384: "16 s", 65_536: "66 s",
    262_144: "4 min", 4_194_304: "70 min", 67_108_864: "19 h", BOUNDS_MS[-1]: "longer",
}  # fmt: skip
"""Upper bounds in milliseconds; each is one of the buckets' own, so that none is cut in two."""
SPANS_MS = tuple(SPANS)


@dataclass(frozen=True, slots=True)
class Latency:
    """`spans`: their names, the shortest first, up to the longest that anything took. `hours`: the beginning
    of each (epoch seconds), and how many by span."""

    spans: Sequence[str]
    hours: Sequence[tuple[float, Mapping[int, int]]]

    @property
    def is_empty(self) -> bool:
        return not any(counts for _, counts in self.hours)


def latency(hours: Sequence[Rollup]) -> Latency:
    """`hours`: every one that is shown."""
    found = [(hour.at, _by_span(hour)) for hour in hours]
    longest = max((span for _, counts in found for span in counts), default=0)
    return Latency(list(SPANS.values())[: longest + 1], found)


def _by_span(hour: Rollup) -> Mapping[int, int]:
    counts = Counter[int]()
    for name, count in hour.counts.items():
        if name.startswith(LATENCY) and name[1:].isdecimal():
            counts[bisect_left(SPANS_MS, BOUNDS_MS[int(name[1:])])] += count
    return counts
