"""Back-fill: compare a provider's own list with the record, and bring what is missing.

A pass walks the list from its newest row back to where the last one ended, page by page, and writes down
where it is after each: whoever comes after a crash goes on there. An event is put down as asked for before
it is, by a conditional write that one of two passes wins; it is asked for a few times and no more. What was
asked for is looked for by the next pass. That nothing comes twice does not hang on the provider: the delivery
key is the same, and fan-out knows it.

Costs, where nothing is missing: the list calls, half a read unit for each listed event and key, a Query and
two writes for each pass. For each missing event two reads and two writes more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import batched

from doorbell.domain.backfill import (
    SETTLE_SECONDS,
    Gone,
    Later,
    Listed,
    NotPossible,
    Page,
    Progress,
    Stage,
    Tried,
    Verdict,
    asked_now,
    verdict,
)
from doorbell.domain.events import event_id_for
from doorbell.domain.sources import Source
from doorbell.usecases.backfill_settle import settle
from doorbell.usecases.ports import Clock, Log, Metrics
from doorbell.usecases.ports_of_backfill import Book, List, Report, Watch

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class BackFill:
    """`window_of`: seconds of a source's dedupe window. `pause`: waits so many seconds."""

    book: Book
    window_of: Callable[[Source], float]
    clock: Clock
    pause: Callable[[float], None]
    metrics: Metrics
    log: Log

    def __call__(
        self,
        source: Source,
        provider: List,
        *,
        since: float | None = None,
        dry_run: bool = False,
        goes_on: Callable[[], bool] = lambda: True,
        watch: Watch = lambda row, found: None,
    ) -> Report:
        """`since` None: where the last pass ended, or was interrupted. Raises `NotPossible`; where the
        provider wants to be left alone, the report says for how long."""
        report = Report()
        try:
            if not source.enabled:
                raise NotPossible("the source is switched off: it would refuse what is brought")
            provider.check(source.source_id)
            progress = self._begin(source, since, dry_run)
            if not dry_run:
                progress = self._settled(source, progress, report)
            self._walk(source, provider, progress, dry_run, goes_on, watch, report)
        except Later as later:
            report.later, report.why = later.seconds, later.why
        self.log.info("back_filled", source_id=source.source_id, dry_run=dry_run, **report.counts())
        return report

    def _begin(self, source: Source, since: float | None, dry_run: bool) -> Progress:
        """A dry run looks at all that the passes to come will look at."""
        kept = self.book.progress(source)
        if since is None and kept.began:
            return replace(kept, cursor=None) if dry_run else kept
        now = self.clock()
        oldest = now - self.window_of(source)
        start = max(oldest, kept.done_until if since is None else since)
        return replace(kept, began=now, since=start, cursor=None)

    def _settled(self, source: Source, progress: Progress, report: Report) -> Progress:
        """What was asked for before: on record by now, given up, or looked for again."""
        open_since = settle(source, self.book, self.clock(), report)
        if open_since is not None and progress.cursor is None:
            progress = replace(progress, since=min(progress.since, open_since))
        return self.book.save(progress)

    def _walk(
        self, source: Source, provider: List, progress: Progress, dry_run: bool,
        goes_on: Callable[[], bool], watch: Watch, report: Report,
    ) -> None:  # fmt: skip
        seen: set[str] = set()
        while goes_on():
            page = self._page(provider, progress)
            rows = []
            for row in page.rows:  # the newest of each event says how it stands
                if row.at >= progress.since and row.key not in seen:
                    seen.add(row.key)
                    rows.append(row)
            for some in batched(rows, AT_ONCE, strict=False):
                self._look(source, provider, list(some), dry_run, watch, report)
            at_the_end = page.after is None or any(row.at < progress.since for row in page.rows)
            if at_the_end:
                progress = replace(
                    progress, began=0.0, since=0.0, cursor=None, done_until=self._done(source, progress)
                )
            else:
                progress = replace(progress, cursor=page.after)
            if not dry_run:
                progress = self.book.save(progress)
            if at_the_end:
                report.finished = True
                return

    def _done(self, source: Source, progress: Progress) -> float:
        """Up to where all was looked at: a pass that began later than the last one ended leaves a gap."""
        reached = max(progress.done_until, progress.began - self.window_of(source))
        if progress.since > reached + 1.0:  # what is on record is rounded
            return progress.done_until
        return max(progress.done_until, progress.began - SETTLE_SECONDS)

    def _page(self, provider: List, progress: Progress) -> Page:
        try:
            return provider.page(progress.cursor, progress.since)
        except Gone as error:
            if progress.cursor is None:
                raise NotPossible(str(error)) from error
            return provider.page(None, progress.since)  # the place it went on from is not kept any more

    def _look(
        self, source: Source, provider: List, rows: list[Listed], dry_run: bool, watch: Watch, report: Report
    ) -> None:
        ids = {row.key: event_id_for(source.tenant_id, source.source_id, row.key) for row in rows}
        there = self.book.on_record(list(ids.values()))
        missing = [row for row in rows if ids[row.key] not in there]
        tried = self.book.tried(source, [row.key for row in missing])
        window = self.window_of(source)
        for row in rows:
            before = tried.get(row.key)
            found = verdict(row, ids[row.key] in there, before, self.clock(), window)
            if found is Verdict.BRING and not dry_run:
                self._bring(source, provider, row, asked_now(row, ids[row.key], before, self.clock()), report)
            report.counted[found] += 1
            watch(row, found)

    def _bring(self, source: Source, provider: List, row: Listed, asked: Tried, report: Report) -> None:
        if report.asked:
            self.pause(provider.pause_seconds)
        if not self.book.ask(source, asked):
            return  # another pass has it
        try:
            provider.bring(row)
        except Later as error:
            if (
                error.limited
            ):  # it was not asked for; what fails for another reason counts, or it stops us for ever
                self.book.settle(source, replace(asked, asked=asked.asked - 1, asked_at=0.0))
            raise
        except Gone as error:
            self.book.settle(source, replace(asked, stage=Stage.MISSING, why=str(error)))
            report.given_up += 1
            return
        report.asked += 1
        self.metrics.count("BackFilled", provider=source.provider)
