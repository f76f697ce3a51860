"""Tell incidents: the sweeper looks at those that want a look, and rings where people should know.

How things are is asked at the look. What is to be told of it is written down, sent, and then noted as told:
after a crash in between the next look sends what was written down, under the same key, so that it is one
event, and looks anew. So nothing was sent that is not on record in the end, and no incident ends meanwhile:
of two that look at once, and of one that slept, all send the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.errors import Unavailable
from doorbell.domain.incidents import WINDOW_SECONDS, Cause, End, Incident, Ringing, Sleep, Tell, next_step
from doorbell.domain.own_texts import Present, of_incident

if TYPE_CHECKING:
    from doorbell.domain.own_events import OwnEvent
    from doorbell.usecases.ports import Clock, Log, Metrics


class Incidents(Protocol):
    """Each write goes through only over what was seen; False: it did not, and somebody looks again."""

    def due(self, until: float) -> Iterable[tuple[Cause, str]]: ...
    def get(self, cause: Cause, about: str) -> Incident | None: ...
    def begin(self, seen: Incident, ringing: Ringing) -> bool: ...
    def told(self, seen: Incident, ringing: Ringing, now: float, wake_at: float) -> bool: ...
    def sleep(self, seen: Incident, now: float, until: float) -> bool: ...
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
        if incident.ringing is not None:
            return self._tell(incident, incident.ringing, now, look_at=now)
        present = self.present(incident)
        match next_step(incident, present.kind, now):
            case Tell(kind):
                ringing = Ringing(kind, incident.count, present.facts)
                begun = self.incidents.begin(incident, ringing)
                return begun and self._tell(incident, ringing, now, look_at=now + WINDOW_SECONDS)
            case Sleep(until):
                self.incidents.sleep(incident, now, until)
            case End():
                self.incidents.end(incident)
        return False

    def _tell(self, incident: Incident, ringing: Ringing, now: float, look_at: float) -> bool:
        """False: somebody else noted that it is told."""
        counted, present = replace(incident, count=ringing.count), Present(ringing.kind, ringing.facts)
        self.ring(of_incident(counted, present, now), incident.key_of(ringing.kind))
        self.log.info("told", kind=ringing.kind, about=incident.about, count=ringing.count)
        return self.incidents.told(incident, ringing, now, look_at)
