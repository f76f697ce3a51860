"""Pending deliveries as the due index has them, by a Scan of it, for people who look.

The index is sparse and holds nothing else, some 150 bytes a row: 5,000 are one call and 95 read units. A
Query for each of its partitions would be 32 calls; PartiQL's IN over all of them gives ten rows a call
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html).
"""

from dataclasses import dataclass
from typing import Any

from doorbell.domain.standing import Pending
from doorbell.store.deliveries.delivery_items import PREFIX
from doorbell.store.deliveries.due_index import INDEX, due_row
from doorbell.store.dynamodb import scan
from doorbell.store.dynamodb.tables import marshal

PAGES = 3
"""Of a megabyte: some 20,000 deliveries of all tenants."""


@dataclass(frozen=True, slots=True)
class PendingWalk:
    client: Any
    table: str
    pages: int = PAGES

    def pending(self, tenant_id: str, subscription_id: str | None = None) -> Pending:
        """A tenant's, or one subscription's with its replays. They may lag behind the table."""
        condition, values = "tenant_id = :tenant", {":tenant": tenant_id}
        if subscription_id is not None:
            condition += " AND (sk = :first OR begins_with(sk, :replays))"
            first = f"{PREFIX}{subscription_id}"
            values |= {":first": first, ":replays": f"{first}#"}
        call = {
            "TableName": self.table,
            "IndexName": INDEX,
            "FilterExpression": condition,
            "ExpressionAttributeValues": marshal(values),
        }
        found, looked_at, more = scan.walk(self.client, call, self.pages)
        return Pending(sorted(map(due_row, found), key=lambda row: row.due_at), looked_at, more)
