"""Serve: a delivery and its first message for everybody that a page of routing promises them to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery, DeliveryKey, State

if TYPE_CHECKING:
    from doorbell.domain.records import RoutingPage, StoredEvent
    from doorbell.usecases.ports import Clock, Deliveries, DeliveriesQueue, Metrics


@dataclass(frozen=True, slots=True)
class Serve:
    """`grace` in seconds. Safe to call again: whom it served already gets nothing more."""

    deliveries: Deliveries
    queue: DeliveriesQueue
    clock: Clock
    metrics: Metrics
    grace: float

    def __call__(self, event: StoredEvent, page: RoutingPage) -> None:
        wanted = [self._delivery(event, subscription_id) for subscription_id in page.matched]
        there = self.deliveries.create(wanted)
        fresh = [new for new, old in zip(wanted, there, strict=True) if old is None or _untouched(old)]
        self.queue.send((DeliveryMessage(d.key, d.tenant_id, attempt=1), 0) for d in fresh)
        self.metrics.count("Matched", len(wanted))

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
            event_type=event.incoming.event_type,
        )


def _untouched(delivery: Delivery) -> bool:
    """Whether its first message may never have been sent."""
    return delivery.state is State.PENDING and delivery.attempts_made == 0 and delivery.lease is None
