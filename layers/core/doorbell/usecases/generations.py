"""Generations: a dedupe key may be used again after its window, and each use is an event of its own.

    evt_x              the first use, and beside it `newest`: which event is the newest use, when it came,
    evt_x_1 … _720     the end of its window, its body's size; from the second use on

Who brings an event puts it as the first use: most are. Where one is there, it tells whether this is the same
request, come again, or a duplicate. If it is neither, one read of `newest`, the pointer, tells the same of
the newest use, however many there were; and after the window of that one the next generation is put.

Whoever finds that there is a newer use than the pointer names writes it: that one's maker, when it is put
and before it is served; else whoever meets that event where the next one was to be put. The races:

- Two put the next generation at once: one put takes effect, and the other is told what is there.
- A maker dies between its put and the pointer: the pointer names the use before. Whoever comes next meets the
  newest where it puts its own, judges by that one, and moves the pointer.
- A maker wakes up late: the pointer moves to higher numbers only, unless it has expired.
- The pointer never names what is not there: the put comes before it, and both expire at the same time.
- A request that came before the newest use, and whose fan-out goes on after it (it waited in the dead-letter
  queue), is no duplicate of it: its own event is looked for among the earlier ones.

A chain is as long-lived as its first use: a duplicate that comes after that has expired, and within the
window of a later use, is taken for new. A condition sees the one item that is put, and of the first use
nothing is left by then. To know better, every new event would cost a read of `newest`, or two puts in a
transaction; or the first use's item would have to outlive the time for which events are said to be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.events import nth_event_id
from doorbell.domain.records import StoredEvent
from doorbell.domain.uses import Is, Use, compared, differ
from doorbell.usecases.ports import Events
from doorbell.usecases.tally import NOTHING, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from doorbell.domain.records import Incoming
    from doorbell.usecases.ports import Clock, Log, Metrics

    type Make = Callable[[int], StoredEvent]
    """The event as it is of that generation."""


class UsedEvents(Events, Protocol):
    def newest(self, event_id: str, now: float) -> Use | None:
        """The newest use of the key whose first event has that id; None: there is no second."""

    def move_newest(self, event: StoredEvent) -> None:
        """`event` is the newest use of its key, unless a newer one is named already."""


@dataclass(frozen=True, slots=True)
class Generations:
    """What is found: the event as it stands in the table; a number, the last generation there is, of which
    this is none; None for a duplicate, which is counted and told."""

    events: UsedEvents
    clock: Clock
    metrics: Metrics
    log: Log
    tally: Tally = NOTHING

    def known(self, incoming: Incoming) -> StoredEvent | int | None:
        """As far as can be told without putting it, at the price of two reads or three: -1 where there is no
        use at all."""
        if self._is_known_by_its_former_key(incoming):
            return None
        first = self.events.get(incoming.event_id, self.clock())
        return -1 if first is None else self._found(incoming, first)

    def put(self, incoming: Incoming, make: Make) -> StoredEvent | None:
        """The event as it stands in the table then, or None for a duplicate."""
        if self._is_known_by_its_former_key(incoming):
            return None
        event = make(0)
        there = self.events.put_new(event)
        if there is None:
            return self._new(event)
        found = self._found(incoming, there)
        return self._put_behind(incoming, make, found) if isinstance(found, int) else found

    def _found(self, incoming: Incoming, first: StoredEvent) -> StoredEvent | int | None:
        match compared(incoming, Use.of(first)):
            case Is.THE_SAME:
                return first
            case Is.DUPLICATE:
                self._tell(incoming, Use.of(first))
                return None
        newest = self.events.newest(incoming.event_id, self.clock())
        return 0 if newest is None else self._found_behind(incoming, newest)

    def _found_behind(self, incoming: Incoming, newest: Use) -> StoredEvent | int | None:
        is_ = compared(incoming, newest)
        if is_ is Is.ANOTHER_USE:
            return newest.generation
        mine: StoredEvent | None = None
        if is_ is Is.THE_SAME:
            mine = self._event(incoming, newest.generation)
        elif incoming.received_at < newest.received_at:
            mine = self._among_earlier(incoming, newest.generation)
        if mine is None:
            self._tell(incoming, newest)
        return mine

    def _among_earlier(self, incoming: Incoming, generation: int) -> StoredEvent | None:
        """Those whose windows end after it came: one, most often, where it is there at all."""
        for earlier in range(generation - 1, 0, -1):
            event = self._event(incoming, earlier)
            if event is None or event.dedupe_until <= incoming.received_at:
                return None
            if event.incoming.ingest_id == incoming.ingest_id:
                return event
        return None

    def _put_behind(self, incoming: Incoming, make: Make, generation: int) -> StoredEvent | None:
        """As the next generation that is free, unless what is there tells otherwise."""
        while True:
            generation += 1
            event = make(generation)
            there = self.events.put_new(event) or self._new(event)
            is_ = compared(incoming, Use.of(there))
            if is_ is Is.ANOTHER_USE:
                continue
            self.events.move_newest(there)
            if is_ is Is.DUPLICATE:
                self._tell(incoming, Use.of(there))
            return there if is_ is Is.THE_SAME else None

    def _new(self, event: StoredEvent) -> StoredEvent:
        """That it is put is counted by whoever put it: one that is resumed is not."""
        incoming = event.incoming
        self.tally.accepted(incoming.tenant_id, incoming.source_id, incoming.received_at)
        return event

    def _event(self, incoming: Incoming, generation: int) -> StoredEvent | None:
        return self.events.get(nth_event_id(incoming.event_id, generation), self.clock())

    def _is_known_by_its_former_key(self, incoming: Incoming) -> bool:
        """Whether the release before recorded it, within its window: its key was made of something else.
        Costs such an event two reads. What this release has on record already is resumed all the same."""
        if incoming.former_id is None:
            return False
        before = self._each(incoming.former_id)
        known = next((event for event in before if incoming.received_at < event.dedupe_until), None)
        if known is None:
            return False
        if any(e.incoming.ingest_id == incoming.ingest_id for e in self._each(incoming.event_id)):
            return False
        self._tell(incoming, Use.of(known))
        return True

    def _each(self, first_id: str) -> Iterator[StoredEvent]:
        for generation in count():
            event = self.events.get(nth_event_id(first_id, generation), self.clock())
            if event is None:
                return
            yield event

    def _tell(self, incoming: Incoming, earlier: Use) -> None:
        """A duplicate with another body may be an event that its sender gave a key in use: nobody gets it."""
        names = {"event_id": incoming.event_id, "ingest_id": incoming.ingest_id}
        self.metrics.count("Duplicates", provider=incoming.provider)
        self.tally.duplicate(incoming.tenant_id, incoming.source_id, incoming.received_at)
        self.log.info("duplicate", **names)
        if differ(incoming.body, earlier.body):
            self.metrics.count("DuplicatesWithAnotherBody")
            self.log.error("duplicate_with_another_body", **names, source_id=incoming.source_id)
