"""Bugs of the limits and of the sweeper."""

from collections.abc import Callable, Sequence
from typing import Any

from doorbell.domain import health as health_module
from doorbell.domain.claims import Due
from doorbell.domain.health import Circuit, Health
from doorbell.domain.outbound import Outcome
from doorbell.domain.places import Places, Turn
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.endpoints import EndpointTable
from doorbell.usecases.sweep import Sweep, _delay, _message
from tests.simulation.mutations import bug
from tests.simulation.story import crowd_of, line_of
from tests.simulation.telling import telling_of


@bug("admission: a parked endpoint is sent to", Health, "circuit")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: Circuit.CLOSED


@bug("admission: more probes than one", Health, "probe_taken")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: False


@bug(
    "admission: whoever fails frees the probe (found by this simulation)",
    health_module,
    "after_failure",
    met_at=crowd_of(1028),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(health: Health, outcome: Outcome, *, lease_until: float, **given: float) -> Any:
        return sound(health, outcome, lease_until=health.probe_until or lease_until, **given)

    return mutant


@bug("admission: a rate slot is given out twice", EndpointTable, "take_slot")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, endpoint_id, rate, now, last: now


@bug("admission: a turn is given that comes after the delivery's age", EndpointTable, "_advance")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EndpointTable, *given: Any, **named: Any) -> Any:
        return sound(self, *given[:4], float("1e12"), **named)

    return mutant


@bug("admission: no limit in flight", Places, "admits", met_at=telling_of(13))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, lease_id, limit, now, in_turn: True


@bug("admission: a turn in line is guessed", Places, "next_turn", met_at=line_of(1))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, limit, lease_seconds, now: Turn(now + 1, 1 / limit)


@bug("sweep: due_at is moved before the message is sent", Sweep, "_send")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Sweep, batch: Sequence[Due], now: float, grace: float) -> None:
        self._postpone(batch, now, grace)
        self.queue.send((_message(row), _delay(row, now)) for row in batch)

    return mutant


@bug("sweep: due_at is moved whatever it is by now", DeliveryTable, "postpone_all")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: DeliveryTable, moves: Sequence[tuple[Due, float]]) -> list[bool]:
        there, move = "attribute_exists(sk)", "SET due_at = :due"
        return [self._update(row.key, move, there, {":due": due_at}, {}).changed for row, due_at in moves]

    return mutant


@bug("sweep: looks at one shard only", Sweep, "_shards")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: [0]
