"""Both clocks of a process, in a test's hand."""

from __future__ import annotations

from collections.abc import Callable

from doorbell.domain.clocks import Clocks


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
