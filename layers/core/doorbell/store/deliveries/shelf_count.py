"""How many wait on an endpoint's list, for people who look: exact up to `EXACT`.

Eight Queries, one for each of its partitions, and one for each further megabyte of one: up to eleven, however
many wait. Nobody else's list is read, and no history. A row is some 250 bytes: 16 are half a read unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from doorbell.domain.deliveries import State
from doorbell.domain.shelves import shelf_names
from doorbell.domain.standing import Listed
from doorbell.store.deliveries.shelf_index import INDEX
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal

EXACT = 10_000
LEAST = 100
"""Rows that are asked for at once where one is enough: the first may have ended."""


@dataclass(frozen=True, slots=True)
class ShelfCount:
    client: Any
    table: str

    def listed(self, endpoint_id: str) -> Listed:
        times = list[float]()
        for shelf in shelf_names(endpoint_id):
            most = max(1, EXACT + 1 - len(times))  # the first in any case: it may be the oldest of all
            times += islice(self._of(shelf, most), most)
        return Listed(min(len(times), EXACT), len(times) > EXACT, min(times, default=None))

    def _of(self, shelf: str, most: int) -> Iterator[float]:
        """Earliest first. One that has ended may stand there still."""
        call = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "shelf = :shelf",
            "FilterExpression": "#state = :pending",
            "ProjectionExpression": "shelf_at",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": marshal({":shelf": shelf, ":pending": State.PENDING.value}),
            "Limit": max(LEAST, most),
        }
        for row in query.items(self.client, call):
            yield row["shelf_at"]
