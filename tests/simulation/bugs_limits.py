"""Bugs of the limits and of the sweeper."""

from collections.abc import Callable, Sequence
from typing import Any

from doorbell.domain.claims import Due
from doorbell.domain.health import Circuit, Health
from doorbell.domain.outbound import Outcome
from doorbell.store.deliveries import DeliveryTable
from doorbell.store.endpoints import EndpointTable
from doorbell.usecases import conclude
from doorbell.usecases.sweep import Sweep, _delay, _message
from tests.simulation.mutations import bug
from tests.simulation.story import crowd_of


@bug("admission: a parked endpoint is sent to", Health, "circuit")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: Circuit.CLOSED


@bug("admission: more probes than one", Health, "probe_taken")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: False


@bug(
    "admission: whoever fails frees the probe (found by this simulation)",
    conclude,
    "after_failure",
    met_at=crowd_of(525),
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


@bug("admission: no limit in flight", EndpointTable, "enter")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, endpoint_id, lease, limit, now: True


@bug("sweep: due_at is moved before the message is sent", Sweep, "_send")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Sweep, batch: Sequence[Due], now: float) -> None:
        self._postpone(batch, now)
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
