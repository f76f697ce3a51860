"""The new events and deliveries of one batch of events, gathered into few calls.

What the gathered call did not put, for whatever reason, is put by itself: that tells what is there instead,
and there an item knows itself that was put before its answer was lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.claims import Due
from doorbell.domain.deliveries import Delivery
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.domain.uses import Use
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.dynamodb.inserts import insertion
from doorbell.store.dynamodb.statements import DUPLICATE
from doorbell.store.events.event_items import event_values
from doorbell.store.events.events import EventTable


@dataclass(frozen=True, slots=True)
class Inserts:
    """`on_failure` is told why an item was not put in the call, unless one with its key was there; of a call
    that failed whole once."""

    gathered: Gathered
    on_failure: Callable[[str], None]

    def put(self, table: str, items: Sequence[Mapping[str, Any]]) -> list[bool]:
        """For each whether it is there now; else it is for the caller to put it by itself."""
        done = self.gathered.execute_all([insertion(table, values) for values in items])
        untold = (one for one in done if not one.is_told)
        for cause in {one.failure for one in untold if one.failure not in (None, DUPLICATE)}:
            self.on_failure(str(cause))
        return [one.failure is None for one in done]


@dataclass(frozen=True, slots=True)
class EventsTogether:
    """The `Events` of fan-out."""

    table: EventTable
    inserts: Inserts

    def put_new(self, event: StoredEvent) -> StoredEvent | None:
        (is_put,) = self.inserts.put(self.table.table, [event_values(event)])
        return None if is_put else self.table.put_new(event)

    def put_page(self, event: StoredEvent, number: int, page: RoutingPage) -> RoutingPage | None:
        return self.table.put_page(event, number, page)

    def page(self, event: StoredEvent, number: int) -> RoutingPage | None:
        return self.table.page(event, number)

    def get(self, event_id: str, now: float) -> StoredEvent | None:
        return self.table.get(event_id, now)

    def newest(self, event_id: str, now: float) -> Use | None:
        return self.table.newest(event_id, now)

    def move_newest(self, event: StoredEvent) -> None:
        self.table.move_newest(event)


@dataclass(frozen=True, slots=True)
class NewDeliveriesTogether:
    """The `Deliveries` of fan-out. An event with many fills calls of its own."""

    table: DeliveryTable
    inserts: Inserts

    def create(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        if not 0 < len(deliveries) <= self.table.few:
            return self.table.create(deliveries)
        items = [delivery_values(delivery, self.table.shards) for delivery in deliveries]
        are_put = self.inserts.put(self.table.table, items)
        return [
            None if is_put else self.table.create([delivery])[0]
            for delivery, is_put in zip(deliveries, are_put, strict=True)
        ]

    def postpone_all(self, moves: Sequence[tuple[Due, float]]) -> Sequence[bool]:
        return self.table.postpone_all(moves)
