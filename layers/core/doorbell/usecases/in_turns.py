"""In turns: an event that many may want, or whose routing takes long, page by page.

    turn 1   find out whether it is on record already; else route a page and put the event with it; serve it
    turn n   route the next page, record it, serve it

A page is recorded when those before it are served, and vouches for them: whatever breaks a turn off, the
event goes on at its newest page on record when it comes again, by whoever then has it. So it need not be done
in one invocation; and as its pages end by the clock, each turn brings it on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.usecases.route import TURN_SECONDS

if TYPE_CHECKING:
    from doorbell.usecases.ports import Events, Log
    from doorbell.usecases.record import Record
    from doorbell.usecases.serve import Serve
    from doorbell.usecases.walk import Walk


@dataclass(slots=True)
class InTurns:
    """`goes_on`: there is another turn to take. `was_cut`: the last one ended by the clock."""

    incoming: Incoming
    walk: Walk
    events: Events
    record: Record
    serve: Serve
    log: Log
    goes_on: bool = True
    _event: StoredEvent | None = None
    _number: int = 0
    _page: RoutingPage = field(default_factory=RoutingPage)
    _matched: int = 0

    @property
    def was_cut(self) -> bool:
        return self.walk.was_cut

    def take(self, seconds: float = TURN_SECONDS) -> None:
        """One turn, of so many seconds' work in routing. Raises `Unavailable`."""
        if self._event is None:
            self._begin(seconds)
        else:
            self._next(self._event, seconds)
        if self._event is None:
            self.goes_on = False
            return
        self.serve(self._event, self._page)
        self._matched += len(self._page.matched)
        self.goes_on = self._page.after is not None
        if not self.goes_on:
            names = {"event_id": self._event.event_id, "ingest_id": self.incoming.ingest_id}
            self.log.info("fanned_out", **names, matched=self._matched)

    def _begin(self, seconds: float) -> None:
        """`_event` stays None for a duplicate. Most that come here take long to route, so it is looked at
        first whether that has been done."""
        found = self.record.generations.known(self.incoming)
        if isinstance(found, int):
            self._page = self.walk.page(None, seconds)
            found = self.record.put(self.incoming, self._page)
        self._event = found
        if found is not None and found.routing is not self._page:
            self._number, self._page = self._newest(found)

    def _next(self, event: StoredEvent, seconds: float) -> None:
        self._number += 1
        page = self.walk.page(self._page.after, seconds)
        there = self.events.put_page(event, self._number, page)
        self._page = there or page

    def _newest(self, event: StoredEvent) -> tuple[int, RoutingPage]:
        """The newest page on record, and its number: looked for in strides that grow, then in halves."""
        number, page, stride = 0, event.routing, 1
        while page.after is not None and (further := self.events.page(event, number + stride)):
            number, page, stride = number + stride, further, stride * 2
        while page.after is not None and stride > 1:
            stride //= 2
            if further := self.events.page(event, number + stride):
                number, page = number + stride, further
        return number, page
