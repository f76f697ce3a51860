"""An event's entry in the ledger: one Query of everything under it but the details of attempts.

Eventually consistent unless asked otherwise, which halves the price: half a read unit for each 4 KiB of
event and deliveries together, bodies kept inline included (a projection is not billed for less).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.ledger import DeliveryEntry, EventEntry
from doorbell.domain.records import RoutingPage
from doorbell.store.deliveries.delivery_items import PREFIX, parse_key
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, is_gone, marshal
from doorbell.store.events.event_items import EVENT_SK
from doorbell.store.events.routing_items import ROUTING_PREFIX, unpack_routing

_NAMES = ["event_id", "sk", "created_at", "expires_at", "routing", "state", "due_at", "due_shard"]
_NAMES += ["ended_at", "delivered_at", "reason", "attempts", "attempts_made"]
PROJECTION = {f"#p{number}": name for number, name in enumerate(_NAMES)}
"""All but the body and the headers: they need not travel."""


@dataclass(frozen=True, slots=True)
class LedgerTable:
    client: Any
    table: str

    def entry(self, event_id: str, *, consistent: bool = False) -> EventEntry | None:
        """None when there is no event item (any more). What expired before it is an earlier one's."""
        items = self._items(event_id, consistent)
        event = next((item for item in items if item["sk"] == EVENT_SK), None)
        if event is None:
            return None
        its_own = [item for item in items if not is_gone(item, event["created_at"])]
        return _entry(event, its_own)

    def _items(self, event_id: str, consistent: bool) -> list[dict[str, Any]]:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "event_id = :id AND sk >= :deliveries",
            "ExpressionAttributeValues": marshal({":id": event_id, ":deliveries": PREFIX}),
            "ExpressionAttributeNames": PROJECTION,
            "ProjectionExpression": ", ".join(PROJECTION),
            "ConsistentRead": consistent,
        }
        return list(query.items(self.client, call))


def _entry(event: Mapping[str, Any], items: list[dict[str, Any]]) -> EventEntry:
    packed = [event["routing"], *(i["routing"] for i in items if i["sk"].startswith(ROUTING_PREFIX))]
    pages: list[RoutingPage] = [unpack_routing(page) for page in packed]
    return EventEntry(
        event_id=event["event_id"],
        created_at=event["created_at"],
        expires_at=event[TTL_ATTRIBUTE],
        matched=tuple(name for page in pages for name in page.matched),
        routed=pages[-1].after is None,
        deliveries=tuple(_delivery(item) for item in items if item["sk"].startswith(PREFIX)),
    )


def _delivery(item: Mapping[str, Any]) -> DeliveryEntry:
    """Written for broken items too: what is absent is absent."""
    key = parse_key(item["event_id"], item["sk"])
    attempts = item.get("attempts", [])
    return DeliveryEntry(
        subscription_id=key.subscription_id,
        generation=key.generation,
        state=str(item.get("state", "")),
        created_at=item.get("created_at", 0.0),
        due_at=item.get("due_at"),
        indexed="due_shard" in item and "due_at" in item,
        ended_at=item.get("ended_at", item.get("delivered_at")),
        reason=item.get("reason"),
        attempts=len(attempts),
        attempts_made=item.get("attempts_made", 0),
        answered=attempts[-1].get("status") if attempts else None,
    )
