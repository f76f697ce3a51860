"""Purge: everything of a tenant, drawer by drawer, in an order in which a crash leaves nothing that a second
run cannot find.

1. Sources and subscriptions, so that nothing new comes, each with the health of its endpoint and its waiting
   list; event types; what the routing index has of it. Where that is on, it knows for a day that
   subscriptions are gone, by their names.
2. Event by event through the event log: the health of the endpoints it went to (of subscriptions that were
   deleted before, nothing else holds the name: a table of endpoints has no key by tenant), deliveries and
   routing pages, the event item (which is what the log finds) last. Jobs, but for purges, which are the
   record of what was removed and who asked; and the record of what people changed.
3. What is kept of refused requests, and all counts. A source's count in the former (numbers alone) stays.
4. Bodies in the bucket, by prefix.

Every step is a deletion and can be repeated. A worker at that moment cannot bring an event or a delivery
back: all its writes are conditioned on what it deletes. Events still on the queues can: `waiting` counts the
messages; once they are through, a second run finds what they brought.

Whoever has removed a page goes on behind it. Done again, as a worker died before it was on record, it finds
what is left of the page and counts that alone: after a crash `found` may be a page too few.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.purges import KINDS, PurgeJob, Things
from doorbell.domain.replays import Cursor, Selection
from doorbell.usecases.left_out import EventLogs
from doorbell.usecases.log_pages import place_behind, rows_behind
from doorbell.usecases.ports import Clock

PAGE = 100
SPAN_SECONDS = 31 * DAY_SECONDS
"""Of the log a page looks at no more: days of which nothing is on record are asked for too, and all of them
would take longer than a lease where a service is slow."""


class Drawer(Protocol):
    """`name` is on record in jobs, `kind` one of `KINDS` or "". Each call may raise `Unavailable`; it may
    have taken effect. Both counts are write units, at least."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def page(self, after: Cursor | None) -> Things: ...

    def weigh(self, found: Sequence[Any]) -> int:
        """What their removal would cost."""

    def remove(self, found: Sequence[Any]) -> int: ...


class Stories(Protocol):
    """Everything that stands under an event's id."""

    def weigh(self, found: Sequence[str]) -> int: ...

    def remove(self, found: Sequence[str]) -> int: ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """The drawer of events."""

    log: EventLogs
    stories: Stories
    selection: Selection
    page_size: int = PAGE
    name: str = "events"
    kind: str = "events"

    def page(self, after: Cursor | None) -> Things:
        since = self.selection.since if after is None else float(after["at"])
        until = min(since + SPAN_SECONDS, self.selection.until)
        rows = rows_behind(self.log, replace(self.selection, until=until), after, self.page_size)
        found = [row.event_id for row in rows]
        if len(rows) == self.page_size:
            return Things(found, place_behind(rows, after))
        if until == self.selection.until:
            return Things(found, None)
        seen = " ".join(row.event_id for row in rows if row.created_at == until)
        return Things(found, {"at": until, "seen": seen})

    def weigh(self, found: Sequence[str]) -> int:
        return self.stories.weigh(found)

    def remove(self, found: Sequence[str]) -> int:
        return self.stories.remove(found)


def pages(drawer: Drawer) -> Iterator[Sequence[Any]]:
    """All that it holds."""
    things = drawer.page(None)
    yield things.found
    while things.after is not None:
        things = drawer.page(things.after)
        yield things.found


@dataclass(frozen=True, slots=True)
class Purge:
    """`drawers`: of one tenant, in the order above. `waiting`: messages on the events queue."""

    drawers: Sequence[Drawer]
    waiting: Callable[[], int]
    clock: Clock

    def page(self, job: PurgeJob) -> PurgeJob:
        """The job as it is after one page more, and drawers that hold nothing. Not saved."""
        names = [drawer.name for drawer in self.drawers]
        at = names.index(job.drawer) if job.drawer else 0
        for drawer in self.drawers[at:]:
            things = drawer.page(job.cursor if drawer.name == job.drawer else None)
            job = self._done(drawer, things.found, job.at(drawer.name, things.after))
            if things.after is not None:
                return job
            if things.found and drawer is not self.drawers[-1]:
                return job.at(names[names.index(drawer.name) + 1], None)
        return job.looks_again() if job.is_removing else job.ended(self.waiting(), self.clock())

    def _done(self, drawer: Drawer, found: Sequence[Any], job: PurgeJob) -> PurgeJob:
        units = 0
        if job.is_removing:
            units = drawer.remove(found)
        elif job.left is None:
            units = drawer.weigh(found)
        return job.counted(drawer.kind, len(found), units) if drawer.kind in KINDS else job
