"""One Query of the Events table: an event and everything under it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from doorbell.domain.deliveries import Delivery
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.store import query
from doorbell.store.delivery_items import PREFIX, delivery_from
from doorbell.store.event_items import EVENT_SK, ROUTING_PREFIX, event_from, unpack_routing
from doorbell.store.tables import marshal


@dataclass(frozen=True, slots=True)
class StoryTable:
    client: Any
    table: str
    clock: Callable[[], float]

    def story(self, event_id: str) -> tuple[StoredEvent, Sequence[Delivery]] | None:
        """The event with its whole routing record, whose `after` is set while fan-out still goes on.

        None when there is none, or one that has expired and only awaits removal.
        """
        items = self._items(event_id)
        events = [event_from(item) for item in items if item["sk"] == EVENT_SK]
        if not events or events[0].expires_at <= self.clock():
            return None
        further = [unpack_routing(item["routing"]) for item in items if item["sk"].startswith(ROUTING_PREFIX)]
        pages = [events[0].routing, *further]
        matches = tuple(match for page in pages for match in page.matches)
        whole = replace(events[0], routing=RoutingPage(matches, after=pages[-1].after))
        return whole, [delivery_from(item) for item in items if item["sk"].startswith(PREFIX)]

    def _items(self, event_id: str) -> list[dict[str, Any]]:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "event_id = :id",
            "ExpressionAttributeValues": marshal({":id": event_id}),
            "ConsistentRead": True,
        }
        return list(query.items(self.client, call))
