"""May this attempt go now? The breaker, the probe, the rate limit and the places in flight of an endpoint.

A message that may not go is told when to come back, once, and uses up no attempt.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from doorbell.domain.clocks import SQS_MAX_DELAY_SECONDS
from doorbell.domain.deliveries import STEP_SLACK_SECONDS, Delivery, Lease
from doorbell.domain.health import DRAIN_PER_SECOND, Circuit, Health
from doorbell.domain.rate import Rate
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.ports import Endpoints


class Healths(Protocol):
    def health(self, endpoint_id: str) -> Health: ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """Go. `health` is the endpoint's as it was seen."""

    health: Health


PARKED_REACH_SECONDS = 60.0
"""Who waits longer for a parked endpoint is woken by the sweeper, not by a message that waits with it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Come back at `until`. `slot_at` is set when that is a place already paid for in the rate limit.

    `reach`: the longest wait in seconds for which a delayed message is sent.
    """

    until: float
    reason: str
    slot_at: float | None = None
    reach: float = SQS_MAX_DELAY_SECONDS


@dataclass(frozen=True, slots=True)
class Admission:
    """`healths`: where an endpoint's health is first looked at, if that is not `endpoints` itself."""

    endpoints: Endpoints
    healths: Healths | None = None

    def ask(self, delivery: Delivery, subscription: Subscription, now: float) -> Ticket | Hold:
        assert delivery.lease is not None
        health = (self.healths or self.endpoints).health(subscription.endpoint_id)
        circuit = health.circuit(now)
        if circuit is Circuit.OPEN:
            return self._wait_for(subscription, health.parked_until or now, "parked", delivery)
        if circuit is Circuit.HALF_OPEN:
            probing = self._probe(subscription, health, delivery.lease, now)
            if isinstance(probing, Hold):
                return replace(probing, slot_at=delivery.slot_at)
            health = probing
        held = self._limit(delivery, subscription, now)
        return Ticket(health) if held is None else held

    def leave(self, subscription: Subscription, lease: Lease) -> None:
        if subscription.max_in_flight is not None:
            self.endpoints.leave(subscription.endpoint_id, lease)

    def _probe(self, subscription: Subscription, health: Health, lease: Lease, now: float) -> Health | Hold:
        """One message tests the endpoint; the others wait until it must be back."""
        if not health.probe_taken(now):
            probing = replace(health, probe_until=lease.until)
            if self.endpoints.write_health(subscription.endpoint_id, probing):
                return replace(probing, version=health.version + 1)
        return self._wait_for(subscription, lease.until, "probing", None)

    def _wait_for(
        self, subscription: Subscription, floor: float, reason: str, delivery: Delivery | None
    ) -> Hold:
        per_second = subscription.rate_limit_per_second or DRAIN_PER_SECOND
        until = self.endpoints.take_drain_slot(subscription.endpoint_id, per_second, floor)
        slot_at = delivery.slot_at if delivery else None
        return Hold(until, reason, slot_at, PARKED_REACH_SECONDS)

    def _limit(self, delivery: Delivery, subscription: Subscription, now: float) -> Hold | None:
        name, slot_at = subscription.endpoint_id, delivery.slot_at
        if subscription.rate_limit_per_second is not None and slot_at is None:
            slot_at = self.endpoints.take_slot(name, Rate(subscription.rate_limit_per_second), now)
            if slot_at > now + STEP_SLACK_SECONDS:
                return Hold(slot_at, "rate_limited", slot_at)
        if subscription.max_in_flight is None or delivery.lease is None:
            return None
        if self.endpoints.enter(name, delivery.lease, subscription.max_in_flight, now):
            return None
        until = self.endpoints.take_drain_slot(name, float(subscription.max_in_flight), now + 1)
        return Hold(until, "in_flight", slot_at)
