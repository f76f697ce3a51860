"""Browse: a tenant's events by time, and what a subscription missed, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from doorbell.domain.log import LogRow
from doorbell.domain.replays import Cursor, MissedPage, Selection


class EventLogs(Protocol):
    def between(
        self, tenant_id: str, since: float, until: float, *, newest_first: bool = False, first: int = 1000
    ) -> Iterator[LogRow]: ...


class MissedLog(Protocol):
    def page(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage: ...


@dataclass(frozen=True, slots=True)
class EventPage:
    """Newest first. The next page is everything at `until` or before that is not among `seen`; None at the
    end. Several events may bear the same time, so the time alone is no place."""

    rows: tuple[LogRow, ...]
    until: float | None
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Browse:
    """A page of events reads its limit of rows, and one, of each of the log's six partitions."""

    log: EventLogs
    undelivered: MissedLog

    def events(
        self, tenant_id: str, since: float, until: float, limit: int, seen: Sequence[str] = ()
    ) -> EventPage:
        """Events recorded in [since, until], epoch seconds, without those `seen`."""
        first = limit + 1 + len(seen)
        log = self.log.between(tenant_id, since, until, newest_first=True, first=first)
        fresh = (row for row in log if row.event_id not in seen)
        rows = tuple(islice(fresh, limit))
        if next(fresh, None) is None or not rows:
            return EventPage(rows, None, ())
        last = rows[-1].created_at
        here = tuple(row.event_id for row in rows if row.created_at == last)
        return EventPage(rows, last, (*seen, *here) if last == until else here)

    def missed(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage:
        """A page may have fewer rows than `limit`, and more to come: other states are left out of it."""
        page = self.undelivered.page(selection, after, limit)
        return MissedPage(tuple(row for row in page.rows if row.state in selection.states), page.after)
