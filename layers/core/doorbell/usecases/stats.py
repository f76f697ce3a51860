"""Stats: what happened at a source or a subscription, of five minutes, hours, days or a whole time.

Costs the reads of the time asked for, a Query for each of a holder's four keys and half a read unit
for each 4 KiB: a day of a busy one is 86 KB on each that is in use, 11 units, however it is added up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, islice
from typing import Protocol

from doorbell.domain.rollups import BUCKET_SECONDS, REFUSED, Holder, bucket_at
from doorbell.domain.summaries import Rollup, added
from doorbell.usecases.ports import Clock

LAST_SECONDS = 3600.0
"""Of which refusals are told."""


class Step(StrEnum):
    """What is added up to a row."""

    BUCKET = "5m"
    HOUR = "hour"
    DAY = "day"
    ALL = "all"

    def begin(self, at: float) -> float:
        """Of the row that `at` is in; hours and days are UTC's."""
        seconds = {Step.BUCKET: BUCKET_SECONDS, Step.HOUR: 3600, Step.DAY: 86_400}.get(self)
        return 0.0 if seconds is None else at // seconds * seconds


class Rollups(Protocol):
    def between(self, holder: Holder, since: float, until: float, now: float) -> Iterator[Rollup]:
        """Those that begin in [since, until), newest first."""

    def of_each(
        self, holders: Sequence[Holder], since: float, until: float
    ) -> Mapping[Holder, Sequence[Rollup]]: ...


@dataclass(frozen=True, slots=True)
class StatsPage:
    """Newest first; of times in which nothing happened there is no row. `until`: the end of the next page;
    None: there is none."""

    rows: tuple[Rollup, ...]
    until: float | None


@dataclass(frozen=True, slots=True)
class Stats:
    rollups: Rollups
    clock: Clock

    def page(self, holder: Holder, since: float, until: float, step: Step, limit: int) -> StatsPage:
        """Of [since, until), the five minutes that `since` is in as a whole. A row bears the beginning of its
        step, of `ALL` that of the time asked for."""
        first = bucket_at(since)
        buckets = self.rollups.between(holder, first, until, self.clock())
        steps = groupby(buckets, lambda bucket: step.begin(bucket.at))
        rows = tuple(added(max(at, first), parts) for at, parts in islice(steps, limit))
        more = next(steps, None) is not None
        return StatsPage(rows, rows[-1].at if more else None)

    def whole(self, holder: Holder, since: float, until: float) -> Rollup:
        """All of it in one; nothing but its beginning where nothing happened."""
        rows = self.page(holder, since, until, Step.ALL, 1).rows
        return rows[0] if rows else Rollup(bucket_at(since))

    def refused(self, holders: Sequence[Holder]) -> Mapping[Holder, Mapping[str, int]]:
        """By reason, in the last hour and the five minutes that it began in; at least so many. A call for
        each seven sources."""
        now = self.clock()
        found = self.rollups.of_each(holders, now - LAST_SECONDS, now)
        return {holder: added(0, rollups).by(REFUSED) for holder, rollups in found.items()}
