"""Bugs of switching off: what comes up again that has ended, and what its list does not find."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.claims import Due
from doorbell.store.deliveries.delivery_items import delivery_key
from doorbell.store.deliveries.hasten import HastenTable
from doorbell.store.dynamodb.tables import marshal
from doorbell.usecases.bring_forward import BringForward
from tests.simulation.mutations import bug
from tests.simulation.offs import off_of


@bug("off: what has ended comes up again", HastenTable, "__call__", met_at=off_of(8))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: HastenTable, row: Due, at: float, now: float) -> bool:
        self.client.update_item(
            TableName=self.table,
            Key=marshal(delivery_key(row.key)),
            UpdateExpression="SET next_attempt_at = :at, due_at = :at",
            ExpressionAttributeValues=marshal({":at": at}),
        )
        return True

    return mutant


@bug("off: who waits on a list keeps its own time", HastenTable, "_moved", met_at=off_of(16))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: HastenTable, row: Due, update: str, where: str, at: float, now: float) -> bool:
        return "shelf_at" not in update and bool(sound(self, row, update, where, at, now))

    return mutant


@bug("off: who waits alone keeps its own time", BringForward, "__call__", met_at=off_of(2))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: BringForward, tenant_id: str, subscription_id: str) -> int:
        return int(sound(replace(self, hasten=lambda row, at, now: False), tenant_id, subscription_id))

    return mutant
