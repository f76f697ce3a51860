"""Back-fill by the clock: of the sources that are due, one pass each, while there is time.

What is due stands in the due index, in a partition of its own. Sources are written by people, who tell
nobody: once an hour all of them are looked through, and those that want it are put on the schedule. Whoever
takes a source moves its time on first, so that two invocations do not take it at once, and one that dies
leaves it to the next.

Costs: a Query of the due index and a write each time; each hour a Scan of the sources (half a read unit for
4 KiB of them); for each source that is due three writes, and what `backfill` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from doorbell.domain.backfill import Later, NotPossible, Progress
from doorbell.domain.errors import ConfigError, DoorbellError, SecretMissing
from doorbell.domain.sources import Source
from doorbell.usecases.ports import Clock, Log, Metrics
from doorbell.usecases.ports_of_backfill import Planner, Report

LEASE_SECONDS = 900.0
LOOK_SECONDS = 3600.0
MOST_SECONDS = 6 * 3600.0
MINUTE = 60.0

type Pass = Callable[[Source, Callable[[], bool]], Report]
"""One pass over a source, while the second says that it goes on."""


@dataclass(frozen=True, slots=True)
class BackFillDue:
    planner: Planner
    source_of: Callable[[str], Source | None]
    run: Pass
    clock: Clock
    metrics: Metrics
    log: Log

    def __call__(self, stop_at: float) -> int:
        """How many sources were looked at."""
        self._discover()
        looked = 0
        for source_id in self.planner.due(self.clock()):
            if self.clock() >= stop_at:
                break
            looked += self._one(source_id, stop_at)
        return looked

    def _discover(self) -> None:
        now = self.clock()
        if not self.planner.may_look(now, now + LOOK_SECONDS):
            return
        for source_id in self.planner.wanted():
            source = self._source(source_id)
            if source is not None and source.enabled and _every(source) is not None:
                progress = self.planner.progress(source)
                if progress.due_at is None:
                    self._save(replace(progress, due_at=now))

    def _one(self, source_id: str, stop_at: float) -> bool:
        source = self._source(source_id)
        if source is None or (every := _every(source)) is None or not source.enabled:
            self.planner.off(source_id)  # the hourly look finds it again
            return False
        taken = self._save(replace(self.planner.progress(source), due_at=self.clock() + LEASE_SECONDS))
        if taken is None:
            return False
        wait, problem = self._pass(source, every, stop_at)
        progress = self.planner.progress(source)
        failures = progress.failures + 1 if problem else 0
        wait = min(wait * 2 ** min(failures, 10), max(wait, MOST_SECONDS)) if problem else wait
        self._save(replace(progress, due_at=self.clock() + wait, failures=failures, problem=problem))
        return True

    def _pass(self, source: Source, every: float, stop_at: float) -> tuple[float, str]:
        """Seconds to the next, and what a person must see to."""
        try:
            report = self.run(source, lambda: self.clock() < stop_at)
        except (NotPossible, SecretMissing) as error:
            self.metrics.count("ConfigError", item="source")
            self.log.error("back_fill_not_possible", source_id=source.source_id, problem=str(error))
            return every, str(error)
        except DoorbellError as error:
            self.log.error("back_fill_failed", source_id=source.source_id, cause=str(error))
            return LEASE_SECONDS, ""
        if report.given_up:
            self.metrics.count("MissingForGood", report.given_up, provider=source.provider)
        if report.later is not None:
            return max(report.later, MINUTE), ""
        return (every if report.finished else 0.0), ""

    def _source(self, source_id: str) -> Source | None:
        try:
            return self.source_of(source_id)
        except ConfigError as error:
            self.log.error("config_error", source_id=source_id, problem=str(error))
            return None

    def _save(self, progress: Progress) -> Progress | None:
        """None: somebody else has moved it."""
        try:
            return self.planner.save(progress)
        except Later:
            return None


def _every(source: Source) -> float | None:
    minutes = source.backfill.every_minutes if source.backfill is not None else None
    return None if minutes is None else minutes * MINUTE
