"""Audit: walks the event log and balances the ledger of every event in it.

Costs per event: a row of the event log and one Query of what is under the event, both eventually
consistent; what seems not to balance is read again, consistently, before it is reported. Up to 4 KiB for an
event and its deliveries (4 KB of JSON, gzip, and three of them) that is half a read unit and a sixteenth of
another half: 10 million events are 5.3 million read units, $0.66 at $0.125 a million (us-east-1, DynamoDB on
demand, 2026-06), and some hours at ten queries side by side. `doorbell cost` counts it for other sizes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Protocol

from doorbell.domain.ledger import (
    OVERDUE_SECONDS,
    SETTLE_SECONDS,
    Discrepancy,
    EventEntry,
    Totals,
    add,
    discrepancies,
)
from doorbell.domain.log import LogRow
from doorbell.usecases.ports import Clock

BATCH = 500


class EventLogs(Protocol):
    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]: ...


class Ledger(Protocol):
    def entry(self, event_id: str, *, consistent: bool = False) -> EventEntry | None: ...


type Each = Callable[
    [Callable[[LogRow], tuple[EventEntry | None, list[Discrepancy]]], Iterable[LogRow]],
    Iterable[tuple[EventEntry | None, list[Discrepancy]]],
]


@dataclass(slots=True)
class Report:
    """`by_source`: how many events of each were recorded."""

    totals: Totals = field(default_factory=Totals)
    discrepancies: list[Discrepancy] = field(default_factory=list)
    by_source: Counter[str] = field(default_factory=Counter)

    @property
    def balanced(self) -> bool:
        return self.totals.balanced and not self.discrepancies


@dataclass(frozen=True, slots=True)
class Audit:
    """`each` maps a function over rows, side by side where it can; `settle`, `overdue`: `domain.ledger`."""

    log: EventLogs
    ledger: Ledger
    clock: Clock
    each: Each
    settle: float = SETTLE_SECONDS
    overdue: float = OVERDUE_SECONDS

    def __call__(
        self,
        tenants: Sequence[str],
        since: float,
        until: float,
        *,
        watch: Callable[[int], None] = lambda done: None,
    ) -> Report:
        """The ledger of what was recorded in [since, until]; `watch` hears of every batch."""
        report = Report()
        rows = (row for tenant_id in tenants for row in self.log.between(tenant_id, since, until))
        for batch in batched(rows, BATCH, strict=False):
            report.by_source.update(row.source_id for row in batch)
            for entry, found in self.each(self._look, batch):
                self._enter(report, entry, found)
            watch(len(batch))
        return report

    def _look(self, row: LogRow) -> tuple[EventEntry | None, list[Discrepancy]]:
        entry = self.ledger.entry(row.event_id)
        found = self._faults(entry)
        if entry is None or found:
            entry = self.ledger.entry(row.event_id, consistent=True)
            found = self._faults(entry)
        return entry, found

    def _faults(self, entry: EventEntry | None) -> list[Discrepancy]:
        if entry is None or self._expired(entry):
            return []
        return list(discrepancies(entry, now=self.clock(), settle=self.settle, overdue=self.overdue))

    def _enter(self, report: Report, entry: EventEntry | None, found: list[Discrepancy]) -> None:
        if entry is None or self._expired(entry):
            report.totals.expired += 1
            return
        add(report.totals, entry, now=self.clock(), settle=self.settle)
        report.discrepancies += found

    def _expired(self, entry: EventEntry) -> bool:
        """DynamoDB removes an event's items one by one in the days after: no ledger any more."""
        return entry.expires_at <= self.clock()
