"""Holds: when a message that may not go now comes again."""

from dataclasses import dataclass, replace

from doorbell.domain.clocks import SQS_MAX_DELAY_SECONDS
from doorbell.domain.deliveries import Delivery
from doorbell.domain.shelves import TOO_LATE_SECONDS
from doorbell.domain.subscriptions import Subscription

PARKED_REACH_SECONDS = 60.0
"""Who waits longer for a parked endpoint is woken by the sweeper, not by a message that waits with it."""
SLOT_LOOK_SECONDS = 900.0
"""Who waits longer for a place in the rate limit looks in between whether the rate is another by now: four
times an hour, at two writes of the item and two of the due index, a read, a message: $5 a million looks."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Come back at `until`. `slot_at` is set when a place in the rate limit is already paid for, by
    `slot_rate` a second; `turn_at` when `until` is a turn in the line for a place in flight.

    `reach`: the longest wait in seconds for which a delayed message is sent. `waits`: for the endpoint, on
    its list; `until` is then when that may end.
    """

    until: float
    reason: str
    slot_at: float | None = None
    reach: float = SQS_MAX_DELAY_SECONDS
    turn_at: float | None = None
    slot_rate: float | None = None
    waits: bool = False


def until_turn(
    at: float | None, last: float, reason: str, slot: float | None, reach: float = SQS_MAX_DELAY_SECONDS
) -> Hold:
    """`at` None: its turn does not come before `last`."""
    return Hold(last + TOO_LATE_SECONDS, reason) if at is None else Hold(at, reason, slot, reach)


def for_slot(slot_at: float | None, delivery: Delivery, now: float, last: float) -> Hold:
    if slot_at is not None and slot_at > now + SLOT_LOOK_SECONDS:
        look = Hold(now + SLOT_LOOK_SECONDS, "rate_limited", slot_at, PARKED_REACH_SECONDS)
        return replace(look, turn_at=delivery.turn_at)
    return replace(until_turn(slot_at, last, "rate_limited", slot_at), turn_at=delivery.turn_at)


def counted(hold: Hold, subscription: Subscription) -> Hold:
    return hold if hold.slot_at is None else replace(hold, slot_rate=subscription.rate_limit_per_second)
