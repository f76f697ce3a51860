"""Roll-ups as they are read: added up, and percentiles taken."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from doorbell.domain.rollups import Counts
from doorbell.domain.scales import PERCENTILES, percentile_ms


@dataclass(frozen=True, slots=True)
class Rollup:
    """The counts of a time from `at` on, epoch seconds: of five minutes, or of several added up."""

    at: float
    counts: Counts = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def by(self, group: str) -> dict[str, int]:
        """`REFUSED`, `FAILED` or `HELD` by reason, the most frequent first."""
        found = {
            name.removeprefix(group): count for name, count in self.counts.items() if name.startswith(group)
        }
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def percentiles_ms(self, scale: str) -> Mapping[int, int | None]:
        """By percent, of `LATENCY` or `ANSWER`; each to one bucket, see `scales`."""
        counts = {
            int(name[1:]): count
            for name, count in self.counts.items()
            if name[0] == scale and name[1:].isdecimal()
        }
        return {percent: percentile_ms(counts, percent) for percent in PERCENTILES}


def added(at: float, parts: Iterable[Rollup]) -> Rollup:
    total = Counter[str]()
    for part in parts:
        total.update(part.counts)
    return Rollup(at, dict(total))
