"""What a subscription missed (GSI `undelivered` of the Events table): exhausted and cancelled deliveries.

Partition `subscription_id` holding `<tenant_id>/<subscription_id>`, sort `ended_at`; INCLUDE state, reason,
tenant_id. Sparse. About 200 bytes a row: half a read unit for 20 deliveries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.log import Missed
from doorbell.domain.replays import Cursor, MissedPage, Selection
from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.store.dynamodb import scan
from doorbell.store.dynamodb.tables import marshal, unmarshal

INDEX = "undelivered"
PAGE = 500
SCAN_PAGES = 2


@dataclass(frozen=True, slots=True)
class UndeliveredIndex:
    client: Any
    table: str

    def page(
        self, selection: Selection, after: Cursor | None, limit: int, *, newest_first: bool = False
    ) -> MissedPage:
        """What ended in the selection's time, earliest first, of every state. Every generation has its own
        row and keeps it when a later one is delivered: history is not rewritten."""
        owner = scoped(selection.tenant_id, selection.subscription_id)
        values = {":owner": owner, ":since": selection.since, ":until": selection.until}
        call: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "subscription_id = :owner AND ended_at BETWEEN :since AND :until",
            "ExpressionAttributeValues": marshal(values),
            "ScanIndexForward": not newest_first,
            "Limit": limit,
        }
        if after is not None:
            call["ExclusiveStartKey"] = marshal(after)
        with translated("dynamodb", "Query"):
            page = self.client.query(**call)
        last = page.get("LastEvaluatedKey")
        rows = tuple(_row(unmarshal(item)) for item in page["Items"])
        return MissedPage(rows, None if last is None else unmarshal(last))

    def missed(self, selection: Selection, *, newest_first: bool = False) -> Iterator[Missed]:
        """All rows in the selection's states."""
        after: Cursor | None = None
        while True:
            page = self.page(selection, after, PAGE, newest_first=newest_first)
            yield from (row for row in page.rows if row.state in selection.states)
            if (after := page.after) is None:
                return

    def of_tenant(self, tenant_id: str, since: float) -> tuple[Sequence[Missed], bool]:
        """What all its subscriptions missed since then, and whether there may be more: a Scan, two megabytes
        of what is on record of all tenants, some 10,000 deliveries."""
        call = {
            "TableName": self.table,
            "IndexName": INDEX,
            "FilterExpression": "tenant_id = :tenant AND ended_at >= :since",
            "ExpressionAttributeValues": marshal({":tenant": tenant_id, ":since": since}),
        }
        found, _, more = scan.walk(self.client, call, SCAN_PAGES)
        return sorted(map(_row, found), key=lambda row: -row.ended_at), more


def _row(values: dict[str, Any]) -> Missed:
    return Missed(
        key=parse_key(values["event_id"], values["sk"]),
        tenant_id=values["tenant_id"],
        ended_at=values["ended_at"],
        state=values["state"],
        reason=values.get("reason", ""),
    )
