"""Tell incidents: the sweeper looks at those that want a look, and rings where people should know.

The event is sent first and then noted as told, so a crash between the two sends it twice and never not at
all; it bears the same key each time, so that it is one event. How things are is asked at the look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.errors import Unavailable
from doorbell.domain.incidents import WINDOW_SECONDS, Cause, End, Incident, Sleep, Tell, next_step
from doorbell.domain.own_texts import Present, of_incident

if TYPE_CHECKING:
    from doorbell.domain.own_events import OwnEvent
    from doorbell.usecases.ports import Clock, Log, Metrics


class Incidents(Protocol):
    """Each write goes through only over what was seen; False: it did not, and somebody looks again."""

    def due(self, until: float) -> Iterable[tuple[Cause, str]]: ...
    def get(self, cause: Cause, about: str) -> Incident | None: ...
    def told(self, seen: Incident, kind: str, now: float, wake_at: float) -> bool: ...
    def sleep(self, seen: Incident, until: float) -> bool: ...
    def end(self, seen: Incident) -> bool: ...


class Ring(Protocol):
    def __call__(self, event: OwnEvent, key: str) -> None:
        """One event for each key. Raises `Unavailable`."""


@dataclass(frozen=True, slots=True)
class TellIncidents:
    """`present` says how things are with what an incident is about; raises `Unavailable`."""

    incidents: Incidents
    present: Callable[[Incident], Present]
    ring: Ring
    clock: Clock
    metrics: Metrics
    log: Log

    def __call__(self, *, stop_at: float) -> int:
        """How many were told, until nothing is due or the clock passes `stop_at`. What could not be done is
        due at the next tick too."""
        told = 0
        try:
            for cause, about in self.incidents.due(self.clock()):
                told += self._look(cause, about)
                if self.clock() > stop_at:
                    break
        except Unavailable as error:
            self.log.error("incidents_not_told", operation=error.operation, cause=error.cause)
        if told:
            self.metrics.count("Told", told)
        return told

    def _look(self, cause: Cause, about: str) -> bool:
        incident, now = self.incidents.get(cause, about), self.clock()
        if incident is None or incident.wake_at is None or incident.wake_at > now + 1.0:
            return False
        present = self.present(incident)
        match next_step(incident, present.kind, now):
            case Tell(kind):
                self.ring(of_incident(incident, present, now), incident.key_of(kind))
                self.log.info("told", kind=kind, about=about, count=incident.count)
                return self.incidents.told(incident, kind, now, now + WINDOW_SECONDS)
            case Sleep(until):
                self.incidents.sleep(incident, until)
            case End():
                self.incidents.end(incident)
        return False
