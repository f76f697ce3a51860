"""The event log (GSI `by_tenant` of the Events table): a tenant's events by time, six partitions a UTC day.

Partition `tenant_day`, sort `created_at` (when fan-out recorded it); INCLUDE event_type, source_id. About
250 bytes a row: some 16 rows for each 4 KiB, so half a read unit for 16 events. The index lags a moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from doorbell.domain.log import DAY_SECONDS, LogRow
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import tenant_day_shards

INDEX = "by_tenant"
PAGE_SIZE = 1000
"""Rows that a Query reads at most, 250 KB. Whoever wants a few says so, or pays for so many of each
partition."""


@dataclass(frozen=True, slots=True)
class EventLog:
    client: Any
    table: str

    def between(
        self,
        tenant_id: str,
        since: float,
        until: float,
        *,
        newest_first: bool = False,
        first: int = PAGE_SIZE,
    ) -> Iterator[LogRow]:
        """Events recorded in [since, until], epoch seconds, page by page and day by day. `first`: how many
        are likely to be taken. All may be of one partition, so each is asked for so many at first, and for
        whole pages once they are used up."""
        days = list(_days(since, until))
        for start in reversed(days) if newest_first else days:
            shards = tenant_day_shards(tenant_id, start)
            rows = (self._shard(partition, since, until, newest_first, first) for partition in shards)
            yield from merge(*rows, key=lambda row: row.created_at, reverse=newest_first)

    def _shard(
        self, partition: str, since: float, until: float, newest_first: bool, first: int
    ) -> Iterator[LogRow]:
        call = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "tenant_day = :day AND created_at BETWEEN :since AND :until",
            "ExpressionAttributeValues": marshal({":day": partition, ":since": since, ":until": until}),
            "ScanIndexForward": not newest_first,
            "Limit": PAGE_SIZE,
        }
        yield from map(_row, query.items(self.client, call, min(first, PAGE_SIZE)))


def _days(since: float, until: float) -> Iterator[float]:
    """A moment of every UTC day from `since` to `until`."""
    day = since // DAY_SECONDS
    while day * DAY_SECONDS <= until:
        yield day * DAY_SECONDS
        day += 1


def _row(values: dict[str, Any]) -> LogRow:
    return LogRow(
        event_id=values["event_id"],
        created_at=values["created_at"],
        event_type=values.get("event_type", ""),
        source_id=values.get("source_id", ""),
    )
