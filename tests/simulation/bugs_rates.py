"""Bugs of a rate limit that people change."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.deliveries import Delivery
from doorbell.store.dynamodb.rate_line import RateLine
from doorbell.usecases import admission
from doorbell.usecases.admission import Admission
from doorbell.usecases.holds import until_turn
from tests.simulation.mutations import bug
from tests.simulation.story_rates import rates_of

RAISED, LOWERED = rates_of(5), rates_of(4)


@bug("rates: a slot of an old rate is good still", Admission, "_slot", met_at=LOWERED)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Admission, delivery: Delivery, *given: Any) -> Any:
        return sound(self, replace(delivery, slot_rate=None), *given)

    return mutant


@bug(
    "rates: what was promised at an old rate stands before a new one",
    RateLine,
    "counted_anew",
    met_at=RAISED,
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: RateLine, there: dict[str, Any]) -> Any:
        anew = sound(self, there)
        return anew and (anew[0].replace(", tat = :tat", ""), anew[1], _without(anew[2], ":tat"))

    return mutant


@bug("rates: who waits sleeps until its slot, however far", admission, "for_slot", met_at=RAISED)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(slot_at: float | None, delivery: Delivery, now: float, last: float) -> Any:
        return until_turn(slot_at, last, "rate_limited", slot_at)

    return mutant


@bug("rates: a look in between goes as if its slot had come", admission, "STEP_SLACK_SECONDS", met_at=RAISED)
def _(sound: Any) -> Any:
    return 1e9


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
