"""Call the function that works off jobs, where one is due: every minute one question of the due index, half
a read unit. Nothing is written, and where there is no job nothing else runs. A call too many finds nothing to
do; one that got lost is made again a minute later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorbell.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorbell.usecases.ports import Clock, Log


@dataclass(frozen=True, slots=True)
class CallJobs:
    is_due: Callable[[float], bool]
    call: Callable[[], None]
    clock: Clock
    log: Log

    def __call__(self) -> None:
        """Deliveries do not wait for it: what does not answer is told to the log."""
        try:
            if self.is_due(self.clock()):
                self.call()
        except Unavailable as error:
            self.log.error("jobs_not_called", operation=error.operation, cause=error.cause)
