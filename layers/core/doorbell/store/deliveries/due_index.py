"""The due index (GSI `due` of the Events table): pending deliveries by the time they need a look.

Partition `due_shard` ("00"…), sort `due_at`; INCLUDE attempts_made, tenant_id. Sparse: a terminal delivery
is not in it. An index lags behind its table; the claim and the postponement check against the table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorbell.domain.claims import Due
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal

INDEX = "due"
PAGE_SIZE = 1000
"""Bounds memory: shards are read side by side, and 1 MB of rows, DynamoDB's own page, is 10 MB here."""


@dataclass(frozen=True, slots=True)
class DueIndexQuery:
    client: Any
    table: str
    shards: int

    def due(self, shard: int, until: float) -> Iterator[Due]:
        """Rows of one shard due at `until` (epoch seconds) or before, earliest first, page by page."""
        call: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :until",
            "ExpressionAttributeValues": marshal({":shard": f"{shard:02d}", ":until": int(until)}),
            "Limit": PAGE_SIZE,
        }
        yield from map(due_row, query.items(self.client, call))


def due_row(values: dict[str, Any]) -> Due:
    return Due(
        key=parse_key(values["event_id"], values["sk"]),
        tenant_id=values["tenant_id"],
        due_at=values["due_at"],
        attempts_made=values["attempts_made"],
    )
