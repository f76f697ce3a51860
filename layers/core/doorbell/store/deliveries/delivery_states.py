"""In which states an event's deliveries are: one Query of them, half a read unit for each 4 KiB. It may lag a
moment: nothing is decided by it."""

from dataclasses import dataclass
from typing import Any

from doorbell.store.deliveries.delivery_items import PREFIX
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal


@dataclass(frozen=True, slots=True)
class DeliveryStateTable:
    client: Any
    table: str

    def states(self, event_id: str) -> frozenset[str]:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "event_id = :id AND begins_with(sk, :deliveries)",
            "ExpressionAttributeValues": marshal({":id": event_id, ":deliveries": PREFIX}),
            "ProjectionExpression": "#state",
            "ExpressionAttributeNames": {"#state": "state"},
        }
        return frozenset(item["state"] for item in query.items(self.client, call))
