"""Both clocks of a process, in a test's hand."""

from __future__ import annotations

import time
from collections.abc import Callable

from doorbell.domain.clocks import Clocks

DAY = 86_400


def noon(days: int) -> int:
    """In UTC, so many days from today: whoever asks a moment later asks for the same date."""
    return int(time.time()) // DAY * DAY + days * DAY + DAY // 2


def date(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def dates_from_now[T](days: int, asked: Callable[[], T]) -> tuple[T, set[str]]:
    """What `asked` gives, and the dates so many days after it: two, where midnight comes meanwhile."""
    before = time.time()
    found = asked()
    return found, {date(at + days * DAY) for at in (before, time.time())}


def both(clock: Callable[[], float]) -> Clocks:
    """Neither stands still and neither is set: they go alike."""
    return Clocks(clock, clock)


class FakeClocks:
    """Each goes by itself: `running` seconds since a start, `wall` seconds since the epoch."""

    def __init__(self, running: float = 100.0, wall: float = 1_700_000_000.0) -> None:
        self.running, self.wall = running, wall

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.running, lambda: self.wall)

    def advance(self, seconds: float, *, running: bool = True, wall: bool = True) -> None:
        """The clock that is False stands still meanwhile."""
        self.running += seconds if running else 0.0
        self.wall += seconds if wall else 0.0
