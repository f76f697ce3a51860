"""Fan-out: one event becomes one delivery for every subscription that wants it.

The event item is put on its dedupe key; what took the key before tells a new event from this one resumed
(same ingest id) and from the provider's duplicate (another). What matched is recorded with the event, so
that a resumed fan-out serves whom it promised, whatever was configured in between.

Costs per event: a conditional put of it and of each delivery (a batch's share calls, 25 in each), a tenth of
an SQS batch. BatchWriteItem has no condition: a worker thawed late would put finished deliveries back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.events import BodyAt, nth_event_id
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doorbell.usecases.ports import Bodies, Clock, Deliveries, DeliveriesQueue, Events, Log, Metrics
    from doorbell.usecases.route import Route

INLINE_ITEM_BYTES = 16 * 1024
"""A body up to this size lives in its item. DynamoDB bills a write per KiB, S3 per object: they cross at some
8 KiB; no second call reads it. https://aws.amazon.com/dynamodb/pricing/ https://aws.amazon.com/s3/pricing/"""


@dataclass(frozen=True, slots=True)
class FanOut:
    """`retention` and `grace` are in seconds. `outbox`, for events with one page, may send when the event is
    returned from and not yet done. With more it could not: a page's record says those before are served."""

    route: Route
    events: Events
    deliveries: Deliveries
    queue: DeliveriesQueue
    bodies: Bodies
    clock: Clock
    metrics: Metrics
    log: Log
    retention: int
    grace: float
    outbox: DeliveriesQueue | None = None

    def __call__(self, incoming: Incoming) -> None:
        """Safe to call again with the same event, after a crash at any point."""
        stored = self._store(incoming)
        if stored is None:
            self.metrics.count("Duplicates", provider=incoming.provider)
            self.log.info("duplicate", event_id=incoming.event_id, ingest_id=incoming.ingest_id)
            return
        matched = 0
        for page, served in self._pages(stored):
            if not served:
                self._deliver_to(stored, page.matched)
            matched += len(page.matched)
        self.metrics.count("Matched", matched)
        self.log.info("fanned_out", event_id=stored.event_id, ingest_id=incoming.ingest_id, matched=matched)

    def _store(self, incoming: Incoming) -> StoredEvent | None:
        """The event as it stands in the table, or None for a provider's duplicate.

        A key that is used again after its window gets the next generation's id: one failed put for every
        earlier use that is still kept. The chain is as long-lived as its first link: a duplicate that comes
        after the first use has expired, and within the window of a later one, is taken for new.
        """
        now = self.clock()
        incoming = self._with_body_at_home(incoming)
        routing = self.route(incoming, None)
        generation = 0
        while True:
            event = self._event(incoming, generation, routing, now)
            there = self.events.put_new(event)
            if there is None:
                return event
            if there.incoming.ingest_id == incoming.ingest_id:
                return there
            if incoming.received_at < there.dedupe_until:
                return None
            generation += 1

    def _event(self, incoming: Incoming, generation: int, routing: RoutingPage, now: float) -> StoredEvent:
        expires_at = int(now + self.retention)
        return StoredEvent(
            event_id=nth_event_id(incoming.event_id, generation),
            incoming=incoming,
            generation=generation,
            created_at=now,
            dedupe_until=min(incoming.received_at + incoming.dedupe_window_seconds, float(expires_at)),
            expires_at=expires_at,
            routing=routing,
        )

    def _with_body_at_home(self, incoming: Incoming) -> Incoming:
        """Move a body that is too large for an item to the bucket, under the key it always gets."""
        body = incoming.body.inline
        if body is None or len(body) <= INLINE_ITEM_BYTES:
            return incoming
        key = f"{incoming.tenant_id}/{incoming.ingest_id}"
        self.bodies.put(key, body)
        return replace(incoming, body=BodyAt(size=len(body), key=key))

    def _pages(self, stored: StoredEvent) -> Iterator[tuple[RoutingPage, bool]]:
        """Each page, and whether it was served before. The first is with the event; a further one is recorded
        when those before it are served, and vouches for them: a fan-out that comes again goes on there."""
        page, number = stored.routing, 0
        while page.after is not None:
            number += 1
            further = self.events.page(stored.event_id, number)
            yield page, further is not None
            if further is None:
                wanted = self.route(stored.incoming, page.after)
                further = self.events.put_page(stored.event_id, number, wanted, stored.expires_at) or wanted
            page = further
        yield page, False

    def _deliver_to(self, event: StoredEvent, subscription_ids: Sequence[str]) -> None:
        wanted = [self._delivery(event, subscription_id) for subscription_id in subscription_ids]
        there = self.deliveries.create(wanted)
        fresh = [new for new, old in zip(wanted, there, strict=True) if old is None or _untouched(old)]
        queue = self.queue if self.outbox is None or event.routing.after is not None else self.outbox
        queue.send((DeliveryMessage(d.key, d.tenant_id, attempt=1), 0) for d in fresh)

    def _delivery(self, event: StoredEvent, subscription_id: str) -> Delivery:
        now = self.clock()
        return Delivery(
            key=DeliveryKey(event.event_id, subscription_id),
            tenant_id=event.incoming.tenant_id,
            state=State.PENDING,
            created_at=now,
            next_attempt_at=now,
            due_at=now + self.grace,
            expires_at=event.expires_at,
            received_at=event.incoming.received_at,
        )


def _untouched(delivery: Delivery) -> bool:
    """Whether its first message may never have been sent."""
    return delivery.state is State.PENDING and delivery.attempts_made == 0 and delivery.lease is None
