"""Bugs of fan-out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Unavailable
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.runtime.batches import Record
from doorbell.runtime.fanning_out import Batch
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb import inserts
from doorbell.store.dynamodb.statements import Done
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.events import EventTable
from doorbell.store.events.new_together import EventsTogether, NewDeliveriesTogether
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.in_turns import InTurns
from doorbell.usecases.serve import Serve
from tests.simulation.mutations import bug
from tests.simulation.story import story_of


@bug("fan-out: unconditional put on resume", DeliveryTable, "_create")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: DeliveryTable, delivery: Delivery) -> None:
        with translated("dynamodb", "PutItem"):
            self.client.put_item(TableName=self.table, Item=marshal(delivery_values(delivery, self.shards)))

    return mutant


@bug("fan-out: a put that its batch did not do is taken for done", inserts, "execute", met_at=story_of(10))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda client, statements: [Done(None) for _ in sound(client, statements)]


@bug("fan-out, in a batch: an event that its call did not put is taken for new", EventsTogether, "put_new")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventsTogether, event: StoredEvent) -> None:
        sound(self, event)

    return mutant


@bug(
    "fan-out, in a batch: a delivery that its call did not put is taken for there",
    NewDeliveriesTogether,
    "create",
    met_at=story_of(10),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: NewDeliveriesTogether, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        self.inserts.put(self.table.table, [delivery_values(one, self.table.shards) for one in deliveries])
        return [None] * len(deliveries)

    return mutant


@bug("fan-out: a page is recorded before the one before it is served", InTurns, "take", met_at=story_of(11))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    served_late: dict[int, tuple[StoredEvent, RoutingPage]] = {}

    def mutant(self: InTurns, *seconds: float) -> None:
        serve, before = self.serve, served_late.pop(id(self), None)
        self.serve = lambda event, page: served_late.update({id(self): (event, page)})  # type: ignore[assignment]
        sound(self, *seconds)
        self.serve = serve
        now = [] if self.goes_on else [served_late.pop(id(self), None)]
        for one in (before, *now):
            if one is not None:
                serve(*one)

    return mutant


@bug("fan-out: a page waits in the outbox although the next one's record vouches for it", FanOut, "in_turns")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, incoming: sound(replace(self, queue=self.outbox or self.queue), incoming)


@bug("fan-out: acknowledges on error", Batch, "quickly")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Batch, record: Record) -> bool:
        try:
            return bool(sound(self, record))
        except Unavailable:
            return True

    return mutant


@bug("fan-out: the message before the delivery", Serve, "__call__")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Serve, event: StoredEvent, page: RoutingPage) -> None:
        wanted = [self._delivery(event, subscription_id) for subscription_id in page.matched]
        self.queue.send((DeliveryMessage(d.key, d.tenant_id, attempt=1), 0) for d in wanted)
        self.deliveries.create(wanted)

    return mutant


@bug("fan-out: a resumed event is taken for a duplicate", EventTable, "put_new")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventTable, event: StoredEvent) -> StoredEvent | None:
        there: StoredEvent | None = sound(self, event)
        return None if there is None else replace(there, incoming=replace(there.incoming, ingest_id="?"))

    return mutant


@bug("fan-out: a resumed event is matched anew", EventTable, "put_new", met_at=story_of(138))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventTable, event: StoredEvent) -> StoredEvent | None:
        there: StoredEvent | None = sound(self, event)
        return None if there is None else replace(there, routing=event.routing)

    return mutant
