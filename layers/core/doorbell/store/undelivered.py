"""What a subscription missed (GSI `undelivered` of the Events table): exhausted and cancelled deliveries.

Partition `subscription_id` holding `<tenant_id>/<subscription_id>`, sort `ended_at`; INCLUDE state, reason,
tenant_id. Sparse. About 200 bytes a row: half a read unit for 20 deliveries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorbell.domain.log import Missed
from doorbell.domain.subscriptions import scoped
from doorbell.store.aws_errors import translated
from doorbell.store.delivery_items import parse_key
from doorbell.store.tables import marshal, unmarshal

INDEX = "undelivered"


@dataclass(frozen=True, slots=True)
class UndeliveredIndex:
    client: Any
    table: str

    def missed(
        self, tenant_id: str, subscription_id: str, since: float, until: float
    ) -> Iterator[Missed]:
        """What ended in [since, until], epoch seconds; earliest first, page by page. Every generation has
        its own row, and keeps it when a later one is delivered: history is not rewritten."""
        owner = scoped(tenant_id, subscription_id)
        call: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "subscription_id = :owner AND ended_at BETWEEN :since AND :until",
            "ExpressionAttributeValues": marshal({":owner": owner, ":since": since, ":until": until}),
        }
        while True:
            with translated("dynamodb", "Query"):
                page = self.client.query(**call)
            yield from (_row(unmarshal(item)) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            call["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _row(values: dict[str, Any]) -> Missed:
    return Missed(
        key=parse_key(values["event_id"], values["sk"]),
        tenant_id=values["tenant_id"],
        ended_at=values["ended_at"],
        state=values["state"],
        reason=values.get("reason", ""),
    )
