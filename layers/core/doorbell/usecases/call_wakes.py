"""Call for a look at every list whose wake is due within the minute: the clock of those that are further off,
and the repair for every call that got lost. Nothing is written; a call that comes too often finds nothing to
do.

A list that is being sent out gets a call for every tick of the minute, so that no tick has to cause the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from doorbell.domain.errors import Unavailable
from doorbell.domain.wakes import TICK_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doorbell.domain.claims import WakeCall
    from doorbell.usecases.ports import Clock, Log
    from doorbell.usecases.ports_of_waiting import Wakes, WakingQueue

LOOK_AHEAD_SECONDS = 60


@dataclass(frozen=True, slots=True)
class CallWakes:
    index: Wakes
    queue: WakingQueue
    clock: Clock
    log: Log

    def __call__(self) -> None:
        """An index that is not there yet, or is being filled, has no wakes: nobody is filed until then."""
        try:
            self.queue.wake(self._calls(self.clock()))
        except Unavailable as error:
            self.log.error("wakes_not_called", operation=error.operation, cause=error.cause)

    def _calls(self, now: float) -> Iterator[tuple[WakeCall, int]]:
        for row in self.index.due(now + LOOK_AHEAD_SECONDS):
            first = max(0, ceil(row.at - now))
            ticks = range(first, LOOK_AHEAD_SECONDS, int(TICK_SECONDS)) if row.drains else (first,)
            yield from ((row.call, delay) for delay in ticks)
