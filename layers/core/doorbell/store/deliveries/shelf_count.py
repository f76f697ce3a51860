"""How many wait on an endpoint's list, for people who look: exact up to `EXACT`.

Eight Queries, one for each of its partitions, and one for each further megabyte of one: up to eleven, however
many wait. Nobody else's list is read, and no history. A row is some 250 bytes: 16 are half a read unit.

With `scanned` a Scan of the index goes before, 4,000 rows a call: where it comes to an end in so many, it has
told all in fewer calls.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from doorbell.domain.deliveries import State
from doorbell.domain.shelves import shelf_names
from doorbell.domain.standing import Listed
from doorbell.store.deliveries.shelf_index import INDEX
from doorbell.store.dynamodb import query, scan
from doorbell.store.dynamodb.tables import marshal

EXACT = 10_000
LEAST = 100
"""Rows that are asked for at once where one is enough: the first may have ended."""
PAGES = 3
"""Of a Scan: more than these are more calls than the Queries, as a rule."""


@dataclass(frozen=True, slots=True)
class ShelfCount:
    client: Any
    table: str
    scanned: int = 0

    def listed(self, endpoint_id: str) -> Listed:
        shelves = shelf_names(endpoint_id)
        times = self._scanned(shelves) if self.scanned else None
        if times is None:
            times = self._queried(shelves)
        return Listed(min(len(times), EXACT), len(times) > EXACT, min(times, default=None))

    def _scanned(self, shelves: Sequence[str]) -> list[float] | None:
        """None: it came to no end."""
        names = {f":s{number}": shelf for number, shelf in enumerate(shelves)}
        call = self._call(f"shelf IN ({', '.join(names)}) AND #state = :pending", names)
        found, _, more = scan.walk(self.client, call, self.scanned)
        return None if more else [row["shelf_at"] for row in found]

    def _queried(self, shelves: Sequence[str]) -> list[float]:
        times = list[float]()
        for shelf in shelves:
            most = max(1, EXACT + 1 - len(times))  # the first in any case: it may be the oldest of all
            times += islice(self._of(shelf, most), most)
        return times

    def _of(self, shelf: str, most: int) -> Iterator[float]:
        """Earliest first."""
        call = {
            **self._call("#state = :pending", {":shelf": shelf}),
            "KeyConditionExpression": "shelf = :shelf",
            "Limit": max(LEAST, most),
        }
        for row in query.items(self.client, call):
            yield row["shelf_at"]

    def _call(self, condition: str, values: dict[str, str]) -> dict[str, Any]:
        """One that has ended may stand there still."""
        return {
            "TableName": self.table,
            "IndexName": INDEX,
            "FilterExpression": condition,
            "ProjectionExpression": "shelf_at",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": marshal({**values, ":pending": State.PENDING.value}),
        }
