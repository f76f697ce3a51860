"""What back-fill has brought to a tenant's sources, and what is missing for good: by reading alone."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from doorbell.domain.backfill import Stage
from doorbell.domain.sources import Source
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.backfill_book import BackfillBook
from doorbell.store.events.backfill_items import PREFIX, backfills_partition
from doorbell.usecases.backfill_settle import on_record
from doorbell_cli.target import Target


@dataclass(frozen=True, slots=True)
class BackFilled:
    """Events of one source that the provider had in the time asked about. `asked`: still waited for."""

    source_id: str
    brought: int
    asked: int
    missing: int


def back_filled(target: Target, tenant_id: str, since: float, until: float) -> Iterator[BackFilled]:
    """A Query for the tenant, and one for each of its sources that was ever back-filled."""
    book = BackfillBook(target.client("dynamodb"), target.table("Events"), time.time)
    call = {
        "TableName": target.table("Events"),
        "IndexName": "by_tenant",
        "KeyConditionExpression": "tenant_day = :of",
        "ExpressionAttributeValues": marshal({":of": backfills_partition(tenant_id)}),
    }
    for values in query.items(target.client("dynamodb"), call):
        source = Source(values["event_id"].removeprefix(PREFIX), "", tenant_id=tenant_id)
        tried = [one for one in book.all_tried(source) if since <= one.at <= until]
        there = on_record(book, [one for one in tried if one.stage is Stage.ASKED])
        stages = Counter(Stage.BROUGHT if one.event_id in there else one.stage for one in tried)
        yield BackFilled(source.source_id, stages[Stage.BROUGHT], stages[Stage.ASKED], stages[Stage.MISSING])
