"""Bugs on the way in: ingest, dedupe, fan-out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Unavailable
from doorbell.domain.records import Incoming, StoredEvent
from doorbell.queues.events import EventsQueueWriter
from doorbell.signatures import gate, verifier
from doorbell.signatures.gate import Gate
from doorbell.store import inserts
from doorbell.store.deliveries import DeliveryTable
from doorbell.store.delivery_items import delivery_values
from doorbell.store.events import EventTable
from doorbell.store.new_together import EventsTogether, NewDeliveriesTogether
from doorbell.store.statements import Done
from doorbell.store.tables import marshal
from doorbell.usecases.fan_out import FanOut
from tests.simulation.mutations import bug


@bug("fan-out: unconditional put on resume", DeliveryTable, "_create")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: DeliveryTable, delivery: Delivery) -> None:
        with translated("dynamodb", "PutItem"):
            self.client.put_item(TableName=self.table, Item=marshal(delivery_values(delivery, self.shards)))

    return mutant


@bug("fan-out: a put that its batch did not do is taken for done", inserts, "execute")
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
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: NewDeliveriesTogether, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        self.inserts.put(self.table.table, [delivery_values(one, self.table.shards) for one in deliveries])
        return [None] * len(deliveries)

    return mutant


@bug("fan-out: all pages are recorded before the first is served", FanOut, "_pages")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, stored: list(sound(self, stored))


@bug(
    "fan-out: a page waits in the outbox although the next one's record vouches for it", FanOut, "_deliver_to"
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, event, ids: sound(replace(self, queue=self.outbox or self.queue), event, ids)


@bug("fan-out: acknowledges on error", FanOut, "__call__")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: FanOut, incoming: Incoming) -> None:
        try:
            sound(self, incoming)
        except Unavailable:
            return

    return mutant


@bug("fan-out: the message before the delivery", FanOut, "_deliver_to")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: FanOut, event: StoredEvent, subscription_ids: Sequence[str]) -> None:
        wanted = [self._delivery(event, subscription_id) for subscription_id in subscription_ids]
        self.queue.send((DeliveryMessage(d.key, d.tenant_id, attempt=1), 0) for d in wanted)
        self.deliveries.create(wanted)

    return mutant


@bug("fan-out: a resumed event is taken for a duplicate", EventTable, "put_new")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventTable, event: StoredEvent) -> StoredEvent | None:
        there: StoredEvent | None = sound(self, event)
        return None if there is None else replace(there, incoming=replace(there.incoming, ingest_id="?"))

    return mutant


@bug("fan-out: a resumed event is matched anew", EventTable, "put_new")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventTable, event: StoredEvent) -> StoredEvent | None:
        there: StoredEvent | None = sound(self, event)
        return None if there is None else replace(there, routing=event.routing)

    return mutant


@bug("dedupe: by the ingest, not by the provider's key", verifier, "event_id_for")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    serial = count()
    return lambda tenant_id, source_id, key: sound(tenant_id, source_id, f"{key}/{next(serial)}")


@bug("ingest: the signature is not checked", gate, "checker")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda entry: lambda claim: None


@bug("ingest: the secret travels with the event", Gate, "examine")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Gate, source: Any, request: Any, secrets: Sequence[str], **given: Any) -> Any:
        event = sound(self, source, request, secrets, **given)
        return replace(event, headers={**event.headers, "x-secret": secrets[0]})

    return mutant


@bug("ingest: accepts what SQS did not take", EventsQueueWriter, "send")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventsQueueWriter, event: Any, body: Any) -> None:
        try:
            sound(self, event, body)
        except Unavailable:
            return

    return mutant
