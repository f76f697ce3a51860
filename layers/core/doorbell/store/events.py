"""Events in the Events table: put once, read.

Strongly consistent reads are not needed: an event is written before any message speaks of it, and an
eventually consistent read that misses it is read again strongly.
"""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.store.event_items import (
    event_from,
    event_key,
    event_values,
    pack_routing,
    routing_key,
    unpack_routing,
)
from doorbell.store.put_new import put_new
from doorbell.store.tables import TTL_ATTRIBUTE, marshal, unmarshal


@dataclass(frozen=True, slots=True)
class EventTable:
    client: Any
    table: str

    def put_new(self, event: StoredEvent) -> StoredEvent | None:
        there = put_new(self.client, self.table, event_values(event))
        return None if there is None else event_from(there)

    def put_page(self, event_id: str, number: int, page: RoutingPage, expires_at: int) -> RoutingPage | None:
        values = {**routing_key(event_id, number), "routing": pack_routing(page), TTL_ATTRIBUTE: expires_at}
        there = put_new(self.client, self.table, values)
        return None if there is None else unpack_routing(there["routing"])

    def page(self, event_id: str, number: int) -> RoutingPage | None:
        """May not see the newest: fan-out does work again then that was done."""
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=marshal(routing_key(event_id, number)))
        return unpack_routing(unmarshal(answer["Item"])["routing"]) if "Item" in answer else None

    def get(self, event_id: str) -> StoredEvent | None:
        for consistent in (False, True):
            with translated("dynamodb", "GetItem"):
                answer = self.client.get_item(
                    TableName=self.table, Key=marshal(event_key(event_id)), ConsistentRead=consistent
                )
            if "Item" in answer:
                return event_from(unmarshal(answer["Item"]))
        return None
