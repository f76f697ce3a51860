"""What tells how subscriptions stand, over a target's tables."""

import time

from doorbell.runtime.settings import Settings
from doorbell.store.deliveries.shelf_count import ShelfCount
from doorbell.store.events.replay_jobs import ReplayTable
from doorbell.store.health.reads import HealthReads
from doorbell.store.items.models import load_subscription
from doorbell.usecases.status import Status
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.reading import deliveries_by_key, pending_walk, undelivered
from doorbell_cli.target import Target


def status_reader(target: Target, *, scanned: int = 0) -> Status:
    """How subscriptions stand. `scanned`: pages of a Scan before the Queries of a waiting list."""
    client, events = target.client("dynamodb"), target.table("Events")
    return Status(
        items=SUBSCRIPTION.table(target),
        load=load_subscription,
        pending=pending_walk(target),
        lists=ShelfCount(client, events, scanned=scanned),
        deliveries=deliveries_by_key(target),
        healths=health_reads(target),
        missed=undelivered(target),
        replays=ReplayTable(client, events, Settings().due_shards),
        clock=time.time,
    )


def health_reads(target: Target) -> HealthReads:
    return HealthReads(target.client("dynamodb"), target.table("Endpoints"))
