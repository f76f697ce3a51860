"""The parts that those who take events out share: fan-out, dispatcher, sweeper and admin."""

import random
from functools import cache

from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.runtime.wiring import client, config_error, settings
from doorbell.store.bodies import BodyBucket
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.events.events import EventTable

SECONDS_PER_DAY = 86_400


@cache
def subscriptions() -> SubscriptionTable:
    return SubscriptionTable(client("dynamodb"), settings().subscriptions_table, config_error)


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


def jitter() -> float:
    return random.random()  # spreads retries; nothing secret hangs on it
