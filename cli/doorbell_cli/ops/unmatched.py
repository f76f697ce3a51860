"""What a subscription did not get and would want now, read from a target's tables."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from doorbell.domain.errors import Refusal
from doorbell.domain.records import StoredEvent
from doorbell.domain.replays import Selection
from doorbell.domain.reserved import TEST_SOURCE
from doorbell.payloads.filters import Filters
from doorbell.store.bodies import BodyBucket
from doorbell.store.events.events import EventTable
from doorbell.store.items.models import load_subscription
from doorbell.usecases.would_match import WouldMatch
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.reading import event_log
from doorbell_cli.target import Target

SIDE_BY_SIDE = 8


def would_match(target: Target, selection: Selection) -> WouldMatch:
    """Refuses (404) a subscription that is not there. Raises `ConfigError` for a broken one."""
    item = SUBSCRIPTION.table(target).get(selection.tenant_id, selection.subscription_id)
    if item is None:
        where = f"Tenant {selection.tenant_id} has no subscription {selection.subscription_id}."
        raise Refusal(404, "unknown_subscription", where)
    table = EventTable(target.client("dynamodb"), target.table("Events"))
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)

    def events(event_ids: Sequence[str]) -> Iterator[StoredEvent]:
        now = time.time()
        found = pool.map(lambda event_id: table.get(event_id, now), event_ids)
        return (event for event in found if event is not None)

    return WouldMatch(
        subscription=load_subscription(item.values),
        log=event_log(target),
        events=events,
        bodies=BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName")),
        filters=Filters(),
        clock=time.time,
        ignores=TEST_SOURCE,
    )
