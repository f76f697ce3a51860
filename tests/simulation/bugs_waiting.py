"""Bugs of those who wait for an endpoint: of filing, of the wake, of slices and of the end of a list."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain import health as health_module
from doorbell.domain import shelves
from doorbell.domain.health import Health
from doorbell.domain.wakes import Wake
from doorbell.usecases import deliver, look
from doorbell.usecases.admission import Admission
from doorbell.usecases.call_wakes import CallWakes
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.look import Look
from doorbell.usecases.waiting import Waiting
from tests.simulation.mutations import bug
from tests.simulation.outages import outage_of
from tests.simulation.pauses import pause_of
from tests.simulation.story import story_of


@bug("waiting: no wake is opened before somebody is filed", Waiting, "awake", met_at=outage_of(19))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, subscription, seen: None


@bug(
    "waiting: the attempt is on record before the endpoint's wake is",
    Conclude,
    "_before_filing",
    met_at=outage_of(0),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, delivery, subscription, seen, outcome: seen


@bug("waiting: any message may claim who waits", deliver, "claimed", met_at=outage_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda claims, message, *given: sound(claims, replace(message, release=True), *given)


@bug("waiting: it has no last chance", shelves, "_looks", met_at=outage_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda delivery, retry, now: (now + 100 * 86_400, None)


@bug("look: what a pass left behind is never met again", Look, "_rest", met_at=pause_of(7))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Look, name: str, health: Health, wake: Wake, now: float, seconds: float) -> None:
        self._move(name, health, wake, now + seconds)

    return mutant


@bug("look: a list that looked empty is closed at once", look, "CLOSING_SECONDS", met_at=outage_of(69))
def _(sound: Callable[..., Any]) -> Any:
    return 0.0


@bug("look: a list is closed in one step", Look, "_end", met_at=pause_of(7))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Look, name: str, health: Health, wake: Wake, left: int | None, now: float) -> None:
        sound(self, name, health, replace(wake, closing=True), left, now)

    return mutant


@bug("look: a probe is sent for every look", Health, "probe_taken", met_at=outage_of(2))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: False


@bug("look: a parking leaves the cursor where it was", health_module, "at_parking", met_at=outage_of(14))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(wake: Wake | None, until: float, now: float) -> Wake:
        parked: Wake = sound(wake, until, now)
        return replace(parked, cursor=None if wake is None else wake.cursor, rest_at=1e12)

    return mutant


@bug("look: a recovery does not move the wake", health_module, "at_recovery", met_at=outage_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda wake, now: wake and replace(wake, at=now + 4 * 3600)


@bug("look: who is off, gone or elsewhere is waited for", Look, "_drain", met_at=outage_of(40))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Look, name: str, health: Health, wake: Wake, most: float, now: float) -> None:
        if health.parked_until is None:
            sound(self, name, health, wake, most, now)
        else:
            self._move(name, health, wake, now + 300)

    return mutant


@bug("wakes: the sweeper calls for none", CallWakes, "_calls", met_at=outage_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: iter(())


@bug("probe: who finds a newer endpoint than was seen waits again", Admission, "_probe", met_at=story_of(59))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    """Found by this simulation: the wake had just been written, and every probe lost against it."""

    class Once:
        def __init__(self, endpoints: Any) -> None:
            self.endpoints = endpoints

        def __getattr__(self, name: str) -> Any:
            return getattr(self.endpoints, name)

        def health(self, endpoint_id: str, *, fresh: bool = False) -> Health:
            return Health(parked_until=1e12)

    def mutant(self: Admission, *given: Any) -> Any:
        return sound(replace(self, endpoints=Once(self.endpoints)), *given)

    return mutant
