"""The composition of the sweeper."""

import time
from concurrent.futures import ThreadPoolExecutor

from doorbell.queues.deliveries import DeliveriesQueueWriter, InTurn
from doorbell.runtime.outbound import deliveries
from doorbell.runtime.wiring import client, log, metrics, settings
from doorbell.store.due_index import DueIndexQuery
from doorbell.usecases.sweep import Sweep

SIDE_BY_SIDE = 16


def sweep() -> Sweep:
    return Sweep(
        index=DueIndexQuery(client("dynamodb"), settings().events_table, settings().due_shards),
        deliveries=deliveries(),
        queue=DeliveriesQueueWriter(client("sqs"), settings().deliveries_queue_url, InTurn()),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        grace=settings().grace_seconds,
        each=ThreadPoolExecutor(SIDE_BY_SIDE).map,
    )
