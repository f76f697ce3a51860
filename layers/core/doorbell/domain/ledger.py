"""The ledger: matched = delivered + exhausted + cancelled + pending, event by event, and what breaks it.

Everything here is as the tables hold it, not as the state machine would have it: that is the point.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from doorbell.domain.deliveries import State

SETTLE_SECONDS = 1800.0
"""Until then a fan-out may still be under way: SQS hands a message out five times, six minutes apart."""

OVERDUE_SECONDS = 600.0
"""A sweep looks every minute and moves `due_at` on; ten minutes behind, nobody has looked."""


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """A delivery item. `indexed`: it has the due index's key. `attempts` are the ones listed,
    `attempts_made` is their count as written, `answered` the last one's status. `seen_at`: when it began."""

    subscription_id: str
    generation: int
    state: str
    created_at: float
    due_at: float | None
    indexed: bool
    ended_at: float | None
    reason: str | None
    attempts: int
    attempts_made: int
    answered: int | None

    @property
    def name(self) -> str:
        return f"{self.subscription_id}#{self.generation}" if self.generation else self.subscription_id


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event with its deliveries. `routed`: the last page of its routing record is there."""

    event_id: str
    created_at: float
    expires_at: int
    matched: tuple[str, ...]
    routed: bool
    deliveries: tuple[DeliveryEntry, ...]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """`code` is stable, `detail` is for people; `subscription` is a delivery's name, "" for the event."""

    event_id: str
    subscription: str
    code: str
    detail: str


@dataclass(slots=True)
class Totals:
    """`states` are those of first deliveries to what matched, `replays` of all others. `under_way`:
    matched, young, and without a delivery yet."""

    events: int = 0
    expired: int = 0
    matched: int = 0
    under_way: int = 0
    states: Counter[str] = field(default_factory=Counter)
    replays: Counter[str] = field(default_factory=Counter)
    attempts: int = 0

    @property
    def balanced(self) -> bool:
        return self.matched == self.under_way + sum(self.states[state.value] for state in State)


def add(totals: Totals, entry: EventEntry, *, now: float, settle: float = SETTLE_SECONDS) -> None:
    totals.events += 1
    totals.matched += len(entry.matched)
    first = {d.subscription_id for d in entry.deliveries if d.generation == 0}
    if now <= entry.created_at + settle:
        totals.under_way += sum(name not in first for name in entry.matched)
    for delivery in entry.deliveries:
        counted = (
            totals.states
            if delivery.generation == 0 and delivery.subscription_id in entry.matched
            else totals.replays
        )
        counted[delivery.state] += 1
        totals.attempts += delivery.attempts


def discrepancies(
    entry: EventEntry, *, now: float, settle: float = SETTLE_SECONDS, overdue: float = OVERDUE_SECONDS
) -> Iterator[Discrepancy]:
    """What does not balance in one event."""
    if now > entry.created_at + settle:
        if not entry.routed:
            yield Discrepancy(entry.event_id, "", "routing_incomplete", "its last routing page is missing")
        there = {d.subscription_id for d in entry.deliveries if d.generation == 0}
        for subscription_id in entry.matched:
            if subscription_id not in there:
                yield Discrepancy(
                    entry.event_id, subscription_id, "delivery_missing", "matched, and no delivery item"
                )
    for delivery in entry.deliveries:
        for code, detail in _of_delivery(delivery, now, overdue):
            yield Discrepancy(entry.event_id, delivery.name, code, detail)


def _of_delivery(delivery: DeliveryEntry, now: float, overdue: float) -> Iterator[tuple[str, str]]:
    if delivery.attempts != delivery.attempts_made:
        yield "attempts_miscounted", f"{delivery.attempts} listed, {delivery.attempts_made} counted"
    if delivery.state == State.PENDING:
        yield from _of_pending(delivery, now, overdue)
    elif delivery.state in (State.DELIVERED, State.EXHAUSTED, State.CANCELLED):
        yield from _of_ended(delivery)
    else:
        yield "state_unknown", f"state {delivery.state!r}"


def _of_pending(delivery: DeliveryEntry, now: float, overdue: float) -> Iterator[tuple[str, str]]:
    if delivery.due_at is None or not delivery.indexed:
        yield "pending_forgotten", "pending without due_at and due_shard: the sweeper cannot find it"
    elif delivery.due_at + overdue < now:
        yield "pending_overdue", f"due {now - delivery.due_at:.0f} s ago: is the sweeper running?"


def _of_ended(delivery: DeliveryEntry) -> Iterator[tuple[str, str]]:
    if delivery.due_at is not None or delivery.indexed:
        yield "ended_still_due", f"{delivery.state}, and still in the due index"
    if delivery.ended_at is None:
        yield "ended_without_time", f"{delivery.state} without the time it ended"
    if delivery.state == State.DELIVERED:
        if delivery.answered is None or not 200 <= delivery.answered < 300:
            yield "delivered_without_success", f"delivered, and its last attempt answered {delivery.answered}"
    elif not delivery.reason:
        yield "ended_without_reason", f"{delivery.state} without a reason"
