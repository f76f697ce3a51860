"""Events in the Events table: put once, read.

Strongly consistent reads are not needed: an event is written before any message speaks of it, and an
eventually consistent read that misses it, or sees one that it was put over, is read again strongly.
"""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.domain.uses import Use
from doorbell.store.dynamodb.put_new import put_new
from doorbell.store.dynamodb.tables import Item, is_gone, marshal, unmarshal
from doorbell.store.events.event_items import event_from, event_key, event_values, without_routing
from doorbell.store.events.newest import move_newest, newest
from doorbell.store.events.routing_items import page_values, routing_key, unpack_routing


@dataclass(frozen=True, slots=True)
class EventTable:
    client: Any
    table: str

    def put_new(self, event: StoredEvent) -> StoredEvent | None:
        there = put_new(self.client, self.table, event_values(event), event.created_at)
        return None if there is None else event_from(there)

    def put_page(self, event: StoredEvent, number: int, page: RoutingPage) -> RoutingPage | None:
        values = page_values(event.event_id, number, page, event.expires_at)
        there = put_new(self.client, self.table, values, event.created_at)
        return None if there is None else unpack_routing(there["routing"])

    def page(self, event: StoredEvent, number: int) -> RoutingPage | None:
        """May not see the newest: fan-out does work again then that was done."""
        key = marshal(routing_key(event.event_id, number))
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=key)
        values = unmarshal(answer.get("Item", {}))
        return None if is_gone(values, event.created_at) else unpack_routing(values["routing"])

    def get(self, event_id: str, now: float, *, with_routing: bool = True) -> StoredEvent | None:
        """Without its routing it is told as unrouted."""
        how = {} if with_routing else without_routing()
        for consistent in (False, True):
            with translated("dynamodb", "GetItem"):
                answer = self.client.get_item(
                    TableName=self.table, Key=marshal(event_key(event_id)), ConsistentRead=consistent, **how
                )
            values = unmarshal(answer.get("Item", {}))
            if not is_gone(values, now):
                return event_from(values, with_routing=with_routing)
        return None

    def source_id(self, event_id: str) -> str | None:
        item = self.item(event_id)
        return None if item is None else str(item["source_id"]["S"])

    def item(self, event_id: str) -> Item | None:
        """Without its routing, and whether it has expired or not."""
        for consistent in (False, True):
            with translated("dynamodb", "GetItem"):
                answer = self.client.get_item(
                    TableName=self.table,
                    Key=marshal(event_key(event_id)),
                    ConsistentRead=consistent,
                    **without_routing(),
                )
            if "Item" in answer:
                item: Item = answer["Item"]
                return item
        return None

    def newest(self, event_id: str, now: float) -> Use | None:
        return newest(self.client, self.table, event_id, now)

    def move_newest(self, event: StoredEvent) -> None:
        move_newest(self.client, self.table, event)
