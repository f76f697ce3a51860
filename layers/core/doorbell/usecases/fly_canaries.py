"""Let canaries fly, every minute: who hears them shows that changes of subscriptions are heard of too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.errors import Unavailable

if TYPE_CHECKING:
    from doorbell.usecases.ports import Clock, Log


class Canaries(Protocol):
    def fly(self, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class FlyCanaries:
    canaries: Canaries
    clock: Clock
    log: Log

    def __call__(self) -> None:
        """Those that do not fly are missed in three minutes: events ask everybody then."""
        try:
            self.canaries.fly(self.clock())
        except Unavailable as error:
            self.log.error("canaries_not_flown", operation=error.operation, cause=error.cause)
