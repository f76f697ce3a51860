"""What the deliveries of a batch share while they are under way."""

from functools import cache

from doorbell.runtime.room import Room
from doorbell.runtime.wiring import client, config_error, settings
from doorbell.store.bodies import BodyBucket
from doorbell.store.configuration.source_pauses import SourcePauseTable
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.dynamodb.once import OnceForAll
from doorbell.usecases.source_pauses import SourcePauses


@cache
def room() -> Room:
    return Room()


@cache
def bodies() -> BodyBucket:
    return BodyBucket(lambda: client("s3"), settings().bodies_bucket, on_size=room().take)


@cache
def subscriptions() -> SubscriptionTable:
    """Those of a batch to one subscription read it once."""
    dynamodb, table = client("dynamodb"), settings().subscriptions_table
    return SubscriptionTable(dynamodb, table, config_error, once=OnceForAll())


@cache
def source_pauses() -> SourcePauses:
    return SourcePauses(SourcePauseTable(client("dynamodb"), settings().sources_table))
