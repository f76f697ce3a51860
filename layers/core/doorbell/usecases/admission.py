"""May this attempt go now? The breaker, the probe, the rate limit and the places in flight of an endpoint.

A message that may not go is told when to come back, once, and uses up no attempt.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from doorbell.domain.after_pause import as_seen
from doorbell.domain.deliveries import LEASE_MARGIN_SECONDS, STEP_SLACK_SECONDS, Delivery, Lease
from doorbell.domain.health import DRAIN_PER_SECOND, Circuit, Health
from doorbell.domain.places import PLANNED_SECONDS, Places
from doorbell.domain.rate import Rate
from doorbell.domain.retry import RetryPolicy, next_delay
from doorbell.domain.shelves import TOO_LATE_SECONDS
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.transitions import give_up_at
from doorbell.domain.wakes import at_probe
from doorbell.usecases.holds import (
    PARKED_REACH_SECONDS,
    Hold,
    counted,
    for_slot,
    until_turn,
)
from doorbell.usecases.ports import Endpoints


class Healths(Protocol):
    def health(self, endpoint_id: str) -> Health: ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """Go. `health` is the endpoint's as it was seen, and so are its `places` in flight, where they are
    limited; `since` it has one of them."""

    health: Health
    places: Places | None = None
    since: float = 0.0


PROBE_TRIES = 3
SLOT_LAPSES_SECONDS = 5.0
"""Who comes later than this to a place in the rate limit takes another, lest all that an outage held up go
out at once. Not one further off than it is late: where messages are always late, it would never go."""
BUSY_SECONDS = 10.0
"""Until a message comes again that had to make way for others, at the least."""
BUSY_MOST_SECONDS = 900.0
"""The same, at most. In between it is as long as the attempt has waited beyond its schedule: each time a
message is sent anew there may be one more of it, and ten seconds each would make a flood of a few."""


@dataclass(frozen=True, slots=True)
class Admission:
    """`healths`: where an endpoint's health is first looked at, if that is not `endpoints` itself.
    `may_wait`: whether there is a list to wait on."""

    endpoints: Endpoints
    may_wait: Callable[[], bool]
    healths: Healths | None = None

    def ask(
        self, delivery: Delivery, subscription: Subscription, now: float, *, freed: bool = False
    ) -> Ticket | Hold:
        """`freed`: it was held in a pause that is over now."""
        answer = self._ask(delivery, subscription, now, freed)
        return counted(answer, subscription) if isinstance(answer, Hold) else answer

    def _ask(self, delivery: Delivery, subscription: Subscription, now: float, freed: bool) -> Ticket | Hold:
        read = (self.healths or self.endpoints).health(subscription.endpoint_id)
        health = as_seen(read, subscription.url, now, freed=freed)
        circuit, last = health.circuit(now), give_up_at(delivery, subscription.retry)
        if circuit is Circuit.OPEN:
            return self._wait_for(subscription, health.parked_until or now, "parked", last)
        slot = self._slot(delivery, subscription, now, last)
        if isinstance(slot, Hold):
            return slot
        if circuit is Circuit.HALF_OPEN:
            probing = self._probe(subscription, health, _lease(delivery), now, last, freed)
            if isinstance(probing, Hold):
                return probing
            health = probing
        entered = self._enter(delivery, subscription, slot, now, last)
        return entered if isinstance(entered, Hold) else Ticket(health, entered, now)

    def leave(
        self, subscription: Subscription, lease: Lease, ticket: Ticket, answered_at: float | None
    ) -> None:
        """`answered_at`: None where nothing was sent, which tells nothing of the endpoint."""
        if ticket.places is not None:
            stay = None if answered_at is None else ticket.places.after(answered_at - ticket.since)
            self.endpoints.leave(subscription.endpoint_id, lease, stay)

    def _slot(
        self, delivery: Delivery, subscription: Subscription, now: float, last: float
    ) -> float | Hold | None:
        """The slot that is paid for and has come; None: there is no rate limit. One that was counted with
        another rate has lapsed. Changed and changed back while it waits, it is good again."""
        per_second, paid = subscription.rate_limit_per_second, delivery.slot_at
        if per_second is None:
            return paid
        if delivery.slot_rate not in (None, per_second):
            paid = None
        late = 0.0 if paid is None else now - paid
        if paid is not None and late <= SLOT_LAPSES_SECONDS:
            return paid if late >= -STEP_SLACK_SECONDS else for_slot(paid, delivery, now, last)
        slot_at = self.endpoints.take_slot(subscription.endpoint_id, Rate(per_second), now, last)
        if paid is not None and (slot_at is None or slot_at > now + late):
            return paid
        if slot_at is None or slot_at > now + STEP_SLACK_SECONDS:
            return for_slot(slot_at, delivery, now, last)
        return slot_at

    def _probe(
        self, subscription: Subscription, health: Health, lease: Lease, now: float, last: float, freed: bool
    ) -> Health | Hold:
        """One message tests the endpoint; the others wait until it must be back. What was seen may be older
        than the wake that called for the probe: who loses that race looks again, at this moment."""
        for _ in range(PROBE_TRIES):
            if health.circuit(now) is Circuit.CLOSED:
                return health
            if health.circuit(now) is Circuit.OPEN or health.probe_taken(now):
                break
            probing = replace(health, probe_until=lease.until, wake=at_probe(health.wake, lease.until))
            if self.endpoints.write_health(subscription.endpoint_id, probing):
                return replace(probing, version=health.version + 1)
            read = self.endpoints.health(subscription.endpoint_id, fresh=True)
            health = as_seen(read, subscription.url, now, freed=freed)
        return self._wait_for(subscription, lease.until, "probing", last)

    def _wait_for(self, subscription: Subscription, floor: float, reason: str, last: float) -> Hold:
        """A slot of the rate limit that was paid for before lapses: who comes back pays anew."""
        if self.may_wait():
            return Hold(floor, reason, waits=True)
        per_second = subscription.rate_limit_per_second or DRAIN_PER_SECOND
        until = self.endpoints.take_drain_slot(subscription.endpoint_id, per_second, floor, last)
        return until_turn(until, last, reason, None, PARKED_REACH_SECONDS)

    def _enter(
        self, delivery: Delivery, subscription: Subscription, slot: float | None, now: float, last: float
    ) -> Places | Hold | None:
        """Where places are limited: what was seen as one was taken, or a turn in the line. None is planned
        further off than the delivery has waited already, or `PLANNED_SECONDS`: who would get one comes back
        within the second half of that."""
        name, limit, lease = subscription.endpoint_id, subscription.max_in_flight, _lease(delivery)
        if limit is None:
            return None
        entry = self.endpoints.enter(name, lease, limit, now, in_turn=delivery.turn_at is not None)
        if entry.is_in:
            return entry.places
        lease_seconds = LEASE_MARGIN_SECONDS + subscription.timeout_seconds
        turn, line = entry.places.next_turn(limit, lease_seconds, now), entry.places.has_line(now)
        planned = max(PLANNED_SECONDS, now - delivery.created_at)
        at = self.endpoints.take_turn(name, turn, min(last, now + planned), crowded=line)
        if at is None and now + planned < last:
            return Hold(now + planned * (1 + delivery.key.spread) / 2, "in_flight", slot)
        return replace(until_turn(at, last, "in_flight", slot), turn_at=at)


def make_way(delivery: Delivery, subscription: Subscription, reason: str, now: float) -> Hold:
    """Of a message that may go, and for which there is no room here at the moment."""
    last = give_up_at(delivery, subscription.retry) + TOO_LATE_SECONDS
    waited = now - _scheduled_at(delivery, subscription.retry)
    until = min(now + min(max(BUSY_SECONDS, waited), BUSY_MOST_SECONDS), max(now, last))
    return counted(Hold(until, reason, delivery.slot_at, turn_at=delivery.turn_at), subscription)


def _scheduled_at(delivery: Delivery, policy: RetryPolicy) -> float:
    """When its next attempt was to be, before any hold: by the schedule, without jitter."""
    begun = delivery.attempts[-1].at if delivery.attempts else delivery.created_at
    return begun + (next_delay(policy, delivery.attempts_made, 0.5) or 0.0)


def _lease(delivery: Delivery) -> Lease:
    assert delivery.lease is not None
    return delivery.lease
