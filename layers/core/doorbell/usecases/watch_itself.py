"""Watch itself: how things are with what an incident is about, and what only a clock can see: dead letters,
and that what was due is sent late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.health import of_url
from doorbell.domain.incidents import Cause, Incident
from doorbell.domain.own_events import (
    DEAD_LETTERS,
    DISABLED,
    DRAINED,
    EXHAUSTED,
    LATE,
    ON_TIME,
    PARKED,
    RECOVERED,
)
from doorbell.domain.own_texts import Present

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorbell.domain.health import Health
    from doorbell.domain.subscriptions import Aim
    from doorbell.usecases.note_incidents import Notes
    from doorbell.usecases.ports import Clock, Metrics

LATE_SECONDS = 300.0
QUEUES_EVERY_SECONDS = 300
"""Three calls each time: a cent a month."""
CLOCK_ITSELF = "sweeper"


class Healths(Protocol):
    def health(self, endpoint_id: str, *, fresh: bool = False) -> Health: ...


class Aims(Protocol):
    def aim(self, tenant_id: str, subscription_id: str) -> Aim | None: ...


@dataclass(slots=True)
class LagKept:
    """The `Metrics` port, before another: keeps how late the last sweep found what was due."""

    others: Metrics
    lag: float = 0.0

    def count(self, name: str, value: float = 1, **dimensions: str) -> None:
        self.others.count(name, value, **dimensions)

    def measure(self, name: str, seconds: float) -> None:
        self.lag = seconds if name == "DueLag" else self.lag
        self.others.measure(name, seconds)


@dataclass(frozen=True, slots=True)
class Presence:
    """How things are with what an incident is about."""

    endpoints: Healths
    subscriptions: Aims
    depth: Callable[[str], int]
    kept: LagKept

    def __call__(self, incident: Incident) -> Present:
        """Raises `Unavailable`."""
        match incident.cause:
            case Cause.HEALTH:
                return self._health(incident)
            case Cause.DEAD_LETTERS:
                messages = self.depth(incident.about)
                return Present(DEAD_LETTERS if messages else DRAINED, {"messages": messages})
            case Cause.LATE:
                is_late = self.kept.lag >= LATE_SECONDS
                return Present(LATE if is_late else ON_TIME, {"lag_seconds": int(self.kept.lag)})
            case _:
                return Present(EXHAUSTED)

    def _health(self, incident: Incident) -> Present:
        """Who is switched off is reset, and looks well. A parking outlives what it was of: nobody asks an
        endpoint whose subscription is gone, off, or points elsewhere by now, and so nobody lifts it."""
        if incident.kind == DISABLED:
            return Present(DISABLED)
        aim = self.subscriptions.aim(*incident.about.split("/", 1))
        if aim is None or not aim.enabled:
            return Present(RECOVERED, {"cancels": True})
        health = of_url(self.endpoints.health(incident.about, fresh=True), aim.url)
        if health.parked_until is None:
            return Present(RECOVERED)
        facts = {
            "failures": health.failures,
            "failing_since": health.failing_since,
            "parked_until": health.parked_until,
        }
        return Present(PARKED, facts)


@dataclass(frozen=True, slots=True)
class Watch:
    """What only a clock can see: dead letters, and what is late. Noted, and told with all else."""

    incidents: Notes
    queues: tuple[str, ...]
    depth: Callable[[str], int]
    kept: LagKept
    clock: Clock

    def __call__(self) -> None:
        """Costs a write a minute while it is late, and one every five while there are dead letters."""
        now = self.clock()
        if self.kept.lag >= LATE_SECONDS:
            self._note(Cause.LATE, CLOCK_ITSELF, LATE, now)
        if now % QUEUES_EVERY_SECONDS < 60:
            for queue in self.queues:
                if self.depth(queue):
                    self._note(Cause.DEAD_LETTERS, queue, DEAD_LETTERS, now)

    def _note(self, cause: Cause, about: str, kind: str, now: float) -> None:
        self.incidents.note(cause, about, kind, {}, now, soon=False)
