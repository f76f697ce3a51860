"""How many wait on an endpoint's list, for people who look: exact up to `EXACT`.

A Scan of the index, 4,000 rows a call. Where it comes to no end in `PAGES`, as others' lists are long or many
deliveries are in the histories that stand there too, the eight partitions of this one are asked, each by a
Query: so it is three calls at most while little is on record, and eleven however much is. A row is some 250
bytes: 16 are half a read unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorbell.domain.deliveries import State
from doorbell.domain.shelves import shelf_names
from doorbell.domain.standing import Listed
from doorbell.store.deliveries.shelf_index import INDEX
from doorbell.store.dynamodb import query, scan
from doorbell.store.dynamodb.tables import marshal

EXACT = 10_000
PAGES = 3


@dataclass(frozen=True, slots=True)
class ShelfCount:
    client: Any
    table: str

    def listed(self, endpoint_id: str) -> Listed:
        shelves = shelf_names(endpoint_id)
        names = {f":s{number}": shelf for number, shelf in enumerate(shelves)}
        call = self._call(f"shelf IN ({', '.join(names)}) AND #state = :pending", names)
        found, _, more = scan.walk(self.client, call, PAGES)
        times = [row["shelf_at"] for row in found]
        if more:
            times = [at for shelf in shelves for at in self._of(shelf)]
        return Listed(min(len(times), EXACT), len(times) > EXACT, min(times, default=None))

    def _of(self, shelf: str) -> Iterator[float]:
        """Earliest first; more than `EXACT` are not counted."""
        call = {
            **self._call("#state = :pending", {":shelf": shelf}),
            "KeyConditionExpression": "shelf = :shelf",
        }
        for number, row in enumerate(query.items(self.client, call)):
            if number > EXACT:
                return
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
