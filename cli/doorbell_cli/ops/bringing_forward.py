"""What waits for a subscription that was switched off or deleted comes up soon, over a target's tables."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import typer

from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries.hasten import HastenTable
from doorbell.store.deliveries.pending_walk import PendingWalk
from doorbell.store.health.wakes import look_by
from doorbell.usecases.bring_forward import BringForward
from doorbell_cli.configuration import SUBSCRIPTION, Kind
from doorbell_cli.ops.quiet import Quiet
from doorbell_cli.target import Target

SIDE_BY_SIDE = 8


class _Told(Quiet):
    def error(self, message: str, **fields: object) -> None:
        typer.echo(
            f"It is written, but what waits was not brought forward ({fields.get('cause')}). Each delivery "
            "is cancelled when it comes up by its own schedule. To bring it forward, disable it again.",
            err=True,
        )


def switched_off(target: Target, kind: Kind, values: Mapping[str, Any]) -> None:
    """After an item is off or gone; of a source nothing waits. What AWS says no to is told on stderr."""
    if kind is not SUBSCRIPTION:
        return
    tenant_id, subscription_id = str(values["tenant_id"]), str(values["subscription_id"])
    dynamodb, endpoints = target.client("dynamodb"), target.table("Endpoints")
    table = target.table("Events")
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        bring = BringForward(
            pending=PendingWalk(dynamodb, table),
            look=lambda tenant, name, at: look_by(dynamodb, endpoints, scoped(tenant, name), at),
            hasten=HastenTable(dynamodb, table),
            each=pool.map,
            clock=time.time,
            metrics=Quiet(),
            log=_Told(),
        )
        bring(tenant_id, subscription_id)
