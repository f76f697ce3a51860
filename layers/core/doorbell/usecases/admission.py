"""May this attempt go now? The breaker, the probe, the rate limit and the places in flight of an endpoint.

A message that may not go is told when to come back, once, and uses up no attempt.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from doorbell.domain.clocks import SQS_MAX_DELAY_SECONDS
from doorbell.domain.deliveries import STEP_SLACK_SECONDS, Delivery, Lease
from doorbell.domain.health import DRAIN_PER_SECOND, Circuit, Health, of_url
from doorbell.domain.rate import Rate
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.transitions import give_up_at
from doorbell.usecases.ports import Endpoints


class Healths(Protocol):
    def health(self, endpoint_id: str) -> Health: ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """Go. `health` is the endpoint's as it was seen."""

    health: Health


PARKED_REACH_SECONDS = 60.0
"""Who waits longer for a parked endpoint is woken by the sweeper, not by a message that waits with it."""
SLOT_LAPSES_SECONDS = 5.0
"""Who comes later than this to a place in the rate limit takes another, lest all that an outage held up go
out at once. Not one further off than it is late: where messages are always late, it would never go."""
TOO_LATE_SECONDS = 2.0
"""Whose turn would come after its delivery is given up comes back this long after that, and is given up."""


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
        health = of_url((self.healths or self.endpoints).health(subscription.endpoint_id), subscription.url)
        circuit, last = health.circuit(now), give_up_at(delivery, subscription.retry)
        if circuit is Circuit.OPEN:
            return self._wait_for(subscription, health.parked_until or now, "parked", last)
        slot = self._slot(delivery, subscription, now, last)
        if isinstance(slot, Hold):
            return slot
        if circuit is Circuit.HALF_OPEN:
            probing = self._probe(subscription, health, _lease(delivery), now, last)
            if isinstance(probing, Hold):
                return probing
            health = probing
        return self._enter(delivery, subscription, slot, now, last) or Ticket(health)

    def leave(self, subscription: Subscription, lease: Lease) -> None:
        if subscription.max_in_flight is not None:
            self.endpoints.leave(subscription.endpoint_id, lease)

    def _slot(
        self, delivery: Delivery, subscription: Subscription, now: float, last: float
    ) -> float | Hold | None:
        """The slot that is paid for and has come; None: there is no rate limit."""
        per_second, paid = subscription.rate_limit_per_second, delivery.slot_at
        late = 0.0 if paid is None else now - paid
        if per_second is None or (paid is not None and late <= SLOT_LAPSES_SECONDS):
            return paid
        slot_at = self.endpoints.take_slot(subscription.endpoint_id, Rate(per_second), now, last)
        if paid is not None and (slot_at is None or slot_at > now + late):
            return paid
        if slot_at is None or slot_at > now + STEP_SLACK_SECONDS:
            return _until(slot_at, last, "rate_limited", slot_at)
        return slot_at

    def _probe(
        self, subscription: Subscription, health: Health, lease: Lease, now: float, last: float
    ) -> Health | Hold:
        """One message tests the endpoint; the others wait until it must be back."""
        if not health.probe_taken(now):
            probing = replace(health, probe_until=lease.until)
            if self.endpoints.write_health(subscription.endpoint_id, probing):
                return replace(probing, version=health.version + 1)
        return self._wait_for(subscription, lease.until, "probing", last)

    def _wait_for(self, subscription: Subscription, floor: float, reason: str, last: float) -> Hold:
        """A slot of the rate limit that was paid for before lapses: who comes back pays anew."""
        per_second = subscription.rate_limit_per_second or DRAIN_PER_SECOND
        until = self.endpoints.take_drain_slot(subscription.endpoint_id, per_second, floor, last)
        return _until(until, last, reason, None, PARKED_REACH_SECONDS)

    def _enter(
        self, delivery: Delivery, subscription: Subscription, slot: float | None, now: float, last: float
    ) -> Hold | None:
        name, places = subscription.endpoint_id, subscription.max_in_flight
        if places is None or self.endpoints.enter(name, _lease(delivery), places, now):
            return None
        return _until(self.endpoints.take_turn(name, float(places), now + 1, last), last, "in_flight", slot)


def _lease(delivery: Delivery) -> Lease:
    assert delivery.lease is not None
    return delivery.lease


def _until(
    at: float | None, last: float, reason: str, slot: float | None, reach: float = SQS_MAX_DELAY_SECONDS
) -> Hold:
    """`at` None: its turn does not come before `last`."""
    return Hold(last + TOO_LATE_SECONDS, reason) if at is None else Hold(at, reason, slot, reach)
