"""An event and what is under it: all by one Query of the Events table, or its deliveries page by page. The
details of attempts stand before the deliveries, and are not read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from doorbell.domain.deliveries import Delivery
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.store.deliveries.delivery_items import PREFIX, delivery_from
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import is_gone, marshal, unmarshal
from doorbell.store.events.event_items import EVENT_SK, event_from
from doorbell.store.events.routing_items import ROUTING_PREFIX, unpack_routing

BEHIND = 3
"""What is read beyond a page of deliveries: the event, and the first further parts of its routing record."""


@dataclass(frozen=True, slots=True)
class StoryTable:
    client: Any
    table: str
    clock: Callable[[], float]

    def story(self, event_id: str) -> tuple[StoredEvent, Sequence[Delivery]] | None:
        """The event with its whole routing record, whose `after` is set while fan-out still goes on.

        None when there is none, or one that has expired and only awaits removal.
        """
        items = self._there(query.items(self.client, self._call(event_id, "sk >= :sk", PREFIX)))
        event = self._event(items)
        return None if event is None else (event, self._deliveries(items))

    def page(
        self, event_id: str, after: str | None, limit: int
    ) -> tuple[StoredEvent, Sequence[Delivery], str | None] | None:
        """The event and at most `limit` of its deliveries, in order of their key: those behind `after`, which
        is what the page before has given as its last. No more than are read at once, a megabyte of them.

        One Query, as the event stands behind its deliveries; another for it where there are more of them.
        """
        call = {**self._call(event_id, "sk >= :sk", PREFIX), "Limit": limit + BEHIND}
        if after is not None:
            call["ExclusiveStartKey"] = marshal({"event_id": event_id, "sk": f"{PREFIX}{after}"})
        raw, last = query.page(self.client, call)
        items = [unmarshal(item) for item in raw]
        ours = [item for item in items if item["sk"].startswith(PREFIX)]
        behind = items[len(ours) :]
        if last is not None:
            behind = list(query.items(self.client, self._call(event_id, "sk >= :sk", EVENT_SK)))
        event = self._event(self._there(behind))
        if event is None:
            return None
        shown = ours[:limit]
        more = len(ours) > limit or (last is not None and len(ours) == len(items))
        following = shown[-1]["sk"].removeprefix(PREFIX) if shown and more else None
        return event, self._deliveries(self._there(shown)), following

    def _there(self, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """What has not expired: an earlier event of the same key may have left something behind."""
        now = self.clock()
        return [item for item in items if not is_gone(item, now)]

    def _event(self, items: Sequence[dict[str, Any]]) -> StoredEvent | None:
        events = [event_from(item) for item in items if item["sk"] == EVENT_SK]
        if not events:
            return None
        further = [unpack_routing(item["routing"]) for item in items if item["sk"].startswith(ROUTING_PREFIX)]
        return replace(events[0], routing=reduce(RoutingPage.followed_by, further, events[0].routing))

    def _deliveries(self, items: Iterable[dict[str, Any]]) -> list[Delivery]:
        return [delivery_from(item) for item in items if item["sk"].startswith(PREFIX)]

    def _call(self, event_id: str, condition: str, sk: str) -> dict[str, Any]:
        """A Query of the event's items, of those whose sort key meets the condition on `:sk`."""
        return {
            "TableName": self.table,
            "KeyConditionExpression": f"event_id = :id AND {condition}",
            "ExpressionAttributeValues": marshal({":id": event_id, ":sk": sk}),
            "ConsistentRead": True,
        }
