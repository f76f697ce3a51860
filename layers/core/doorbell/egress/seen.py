"""What is noted of an exchange while it goes on: where it went, and when it came to what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from doorbell.egress.addresses import Address

type Step = Literal["resolved", "connected", "secured", "answered"]


class Seen:
    """`times` are seconds from the beginning, each of the first time. `address`: that it is connected to, or
    that it was tried with. `is_kept`: on a connection of an exchange before."""

    __slots__ = ("_clock", "_started", "address", "is_kept", "times")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._started = clock, clock()
        self.address: Address | None = None
        self.is_kept = False
        self.times: dict[Step, float] = {}

    def mark(self, step: Step) -> None:
        if step not in self.times:
            self.times[step] = self._clock() - self._started
