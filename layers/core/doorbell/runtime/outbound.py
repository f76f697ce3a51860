"""The composition of the sweeper, and the parts that fan-out, dispatcher and admin share with it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from doorbell.queues.deliveries import DeliveriesQueueWriter, InTurn
from doorbell.runtime.wiring import client, config_error, log, metrics, settings
from doorbell.store.bodies import BodyBucket
from doorbell.store.deliveries import DeliveryTable
from doorbell.store.due_index import DueIndexQuery
from doorbell.store.events import EventTable
from doorbell.store.subscriptions import SubscriptionTable
from doorbell.usecases.sweep import Sweep

SECONDS_PER_DAY = 86_400
SWEEP_SIDE_BY_SIDE = 16


@cache
def subscriptions() -> SubscriptionTable:
    return SubscriptionTable(client("dynamodb"), settings().subscriptions_table, time.time, config_error)


@cache
def deliveries() -> DeliveryTable:
    return DeliveryTable(client("dynamodb"), settings().events_table, settings().due_shards)


@cache
def events() -> EventTable:
    return EventTable(client("dynamodb"), settings().events_table)


@cache
def deliveries_queue() -> DeliveriesQueueWriter:
    return DeliveriesQueueWriter(client("sqs"), settings().deliveries_queue_url)


@cache
def bodies() -> BodyBucket:
    return BodyBucket(lambda: client("s3"), settings().bodies_bucket)


def sweep() -> Sweep:
    return Sweep(
        index=DueIndexQuery(client("dynamodb"), settings().events_table, settings().due_shards),
        deliveries=deliveries(),
        queue=DeliveriesQueueWriter(client("sqs"), settings().deliveries_queue_url, InTurn()),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        grace=settings().grace_seconds,
        each=ThreadPoolExecutor(SWEEP_SIDE_BY_SIDE).map,
    )


def jitter() -> float:
    return random.random()  # spreads retries; nothing secret hangs on it
