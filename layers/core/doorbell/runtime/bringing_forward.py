"""The composition of what a subscription that is switched off does to those who wait for it."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from doorbell.domain.subscriptions import scoped
from doorbell.runtime.wiring import client, log, metrics, settings
from doorbell.store.deliveries.hasten import HastenTable
from doorbell.store.deliveries.pending_walk import PendingWalk
from doorbell.store.health.wakes import look_by
from doorbell.usecases.bring_forward import BringForward

SIDE_BY_SIDE = 8


def bring_forward() -> BringForward:
    table, endpoints = settings().events_table, settings().endpoints_table
    dynamodb = client("dynamodb")
    return BringForward(
        pending=PendingWalk(dynamodb, table),
        look=lambda tenant, name, at: look_by(dynamodb, endpoints, scoped(tenant, name), at),
        hasten=HastenTable(dynamodb, table),
        each=_pool().map,
        clock=time.time,
        metrics=metrics(),
        log=log(),
    )


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SIDE_BY_SIDE)
