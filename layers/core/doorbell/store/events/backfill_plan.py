"""What is due of back-fill, and which sources want it: the due index and the Sources table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.backfill import Progress
from doorbell.domain.sources import Source
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.scan import walk
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.backfill_book import BackfillBook
from doorbell.store.events.backfill_items import DUE_SHARD, PREFIX, backfill_key

INDEX = "due"
MOST_PAGES = 1000
"""Of a scan: a gigabyte of sources."""
LOOK = "!look"
"""In place of a source's id, which has no such character: when all sources were looked through last."""


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    client: Any
    sources_table: str
    book: BackfillBook

    def due(self, now: float) -> Iterator[str]:
        """Sources' ids, the longest due first."""
        call = {
            "TableName": self.book.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
            "ExpressionAttributeValues": marshal({":shard": DUE_SHARD, ":now": now}),
        }
        for values in query.items(self.client, call):
            yield values["event_id"].removeprefix(PREFIX)

    def may_look(self, now: float, next_at: float) -> bool:
        """Whether it is time, for one of those who ask."""
        values = {**backfill_key(LOOK), "look_at": int(next_at)}
        with translated("dynamodb", "PutItem"):
            try:
                self.client.put_item(
                    TableName=self.book.table,
                    Item=marshal(values),
                    ConditionExpression="attribute_not_exists(sk) OR look_at <= :now",
                    ExpressionAttributeValues=marshal({":now": int(now)}),
                )
            except ClientError as error:
                if not is_condition_failed(error):
                    raise
                return False
        return True

    def wanted(self) -> Sequence[str]:
        """Ids of the sources that have a `backfill`: a Scan."""
        call = {
            "TableName": self.sources_table,
            "FilterExpression": "attribute_exists(backfill)",
            "ProjectionExpression": "source_id",
        }
        found, _, _ = walk(self.client, call, MOST_PAGES)
        return [values["source_id"] for values in found]

    def progress(self, source: Source) -> Progress:
        return self.book.progress(source)

    def save(self, progress: Progress) -> Progress:
        return self.book.save(progress)

    def off(self, source_id: str) -> None:
        self.book.off(source_id)
