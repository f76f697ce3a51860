"""Bugs of the limits and of the sweeper."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.health import Circuit, Health
from doorbell.store.deliveries import DeliveryTable
from doorbell.store.endpoints import EndpointTable
from doorbell.usecases.sweep import Sweep
from tests.simulation.mutations import bug


@bug("admission: a parked endpoint is sent to", Health, "circuit")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: Circuit.CLOSED


@bug("admission: more probes than one", Health, "probe_taken")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: False


@bug("admission: a rate slot is given out twice", EndpointTable, "take_slot")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, endpoint_id, rate, now: now


@bug("admission: no limit in flight", EndpointTable, "enter")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, endpoint_id, lease, limit, now: True


@bug("sweep: due_at is moved before the message is sent", Sweep, "_send")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Sweep, batch: Iterable[Any], now: float) -> None:
        rows = list(batch)
        for row in rows:
            self._postpone(row)
        sound(replace(self, each=lambda work, items: ()), rows, now)

    return mutant


@bug("sweep: due_at is moved whatever it is by now", DeliveryTable, "postpone")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: DeliveryTable, key: DeliveryKey, seen_due_at: float, due_at: float) -> bool:
        changes = {":due": due_at}
        there = self._update(key, "SET due_at = :due", "attribute_exists(sk)", changes, {})
        return there.changed

    return mutant


@bug("sweep: looks at one shard only", Sweep, "_shards")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: [0]
