"""Bugs of what people are told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.incidents import Incident, Sleep, Step, Tell
from doorbell.domain.own_events import ENDS
from doorbell.domain.own_texts import Present
from doorbell.usecases import tell_incidents
from doorbell.usecases.tell_incidents import TellIncidents
from doorbell.usecases.watch_itself import Presence
from tests.simulation.mutations import bug
from tests.simulation.telling import telling_of


@bug("notices: an end is not told", tell_incidents, "next_step", met_at=telling_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(incident: Incident, present: str, now: float) -> Step:
        step: Step = sound(incident, present, now)
        return Sleep(now + 86_400) if isinstance(step, Tell) and step.kind in ENDS else step

    return mutant


@bug("notices: what was noted last is told", Presence, "_health", met_at=telling_of(79))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, incident: Present(incident.kind)


@bug("notices: noted as told before it is sent", TellIncidents, "_look", met_at=telling_of(3))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TellIncidents, cause: Any, about: str) -> bool:
        later: list[Any] = []
        done: bool = sound(replace(self, ring=lambda *rung: later.append(rung)), cause, about)
        for rung in later:
            self.ring(*rung)
        return done

    return mutant
