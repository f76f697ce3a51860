"""Bugs of what people are told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from doorbell.domain.conditions import Changed
from doorbell.domain.incidents import Incident, Ringing, Sleep, Step, Tell
from doorbell.domain.own_events import ENDS
from doorbell.domain.own_texts import Present
from doorbell.domain.subscriptions import Aim
from doorbell.store.configuration.aims import AimTable
from doorbell.store.health.changes import ChangeTable, changes_key
from doorbell.store.health.items import endpoint_key
from doorbell.usecases import tell_incidents, watch_itself
from doorbell.usecases.tell_incidents import TellIncidents
from doorbell.usecases.watch_itself import Presence
from tests.simulation.mutations import bug
from tests.simulation.telling import left_parked, relapse_of, telling_of


@bug("notices: an end is not told", tell_incidents, "next_step", met_at=telling_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(incident: Incident, present: str, now: float) -> Step:
        step: Step = sound(incident, present, now)
        return Sleep(now + 86_400) if isinstance(step, Tell) and step.kind in ENDS else step

    return mutant


@bug("notices: what was noted last is told", Presence, "_health", met_at=relapse_of(16))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, incident: Present(incident.kind)


@dataclass
class WrittenAfter:
    """Incidents, of which what is to be rung is written down when it was."""

    table: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.table, name)

    def begin(self, seen: Incident, ringing: Ringing) -> bool:
        return True

    def told(self, seen: Incident, ringing: Ringing, now: float, wake_at: float) -> bool:
        self.table.begin(seen, ringing)
        return bool(self.table.told(seen, ringing, now, wake_at))


@bug("notices: what is to be rung is not written down before", TellIncidents, "_look", met_at=relapse_of(75))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *given: sound(replace(self, incidents=WrittenAfter(self.incidents)), *given)


@bug(
    "notices: of who points elsewhere it is told that it is parked",
    watch_itself,
    "of_url",
    met_at=left_parked("move"),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda health, url: health


@bug(
    "notices: of who is off or gone it is told that it is parked",
    AimTable,
    "aim",
    met_at=left_parked("delete"),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: AimTable, tenant_id: str, subscription_id: str) -> Aim:
        return Aim(f"https://{subscription_id}.example/hook", enabled=True)

    return mutant


@bug("notices: noted as told before it is sent", TellIncidents, "_look", met_at=telling_of(1))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TellIncidents, cause: Any, about: str) -> bool:
        later: list[Any] = []
        done: bool = sound(replace(self, ring=lambda *rung: later.append(rung)), cause, about)
        for rung in later:
            self.ring(*rung)
        return done

    return mutant


@bug("notices: that it recovered is not written down", ChangeTable, "add", met_at=telling_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: ChangeTable, endpoint_id: str, change: Changed) -> None:
        if change.kind not in ENDS:
            sound(self, endpoint_id, change)

    return mutant


@bug("notices: the history of a state keeps the newest alone", ChangeTable, "add", met_at=telling_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: ChangeTable, endpoint_id: str, change: Changed) -> None:
        self.client.delete_item(TableName=self.table, Key=endpoint_key(changes_key(endpoint_id)))
        sound(self, endpoint_id, change)

    return mutant
