"""Who waits stands on a shelf: a delivery that may not go because of its endpoint is filed under whom it
waits for, and sleeps. It is not woken by its own clock; the endpoint's wake releases it (`domain.wakes`).

It never leaves the due index, it only goes far back there: what everybody forgot is met within two days.
Pure; times are epoch seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.retry import RetryPolicy
from doorbell.domain.transitions import give_up_at

SHARDS = 8
"""Of one list: a partition of an index takes a thousand writes a second, a list is filed faster than that.
With fewer, those that were filed on the others would be found by their own clock alone."""
FAR_SECONDS = 48 * 3600.0
"""Until a filed delivery is looked at by its own clock, to see that its list still has a wake."""
KEPT_SECONDS = 6 * 3600.0
"""Who is filed again keeps its place in the due index, if that is no nearer: two index writes less."""
LAST_CHANCE_SECONDS = 3600.0
"""Before it is given up it is looked at by its own clock, however its list is doing."""
TOO_LATE_SECONDS = 2.0
"""Who is given up comes back this long after that, and is given up."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A row of a list; it may lag behind the table. `at` is when it would go if it did not have to wait."""

    key: DeliveryKey
    tenant_id: str
    at: float
    attempts_made: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a list, earliest first; all that are due up to `reached` are among them, or were before."""

    rows: tuple[Shelved, ...]
    reached: float


def shelf_names(endpoint_id: str) -> tuple[str, ...]:
    return tuple(f"wait#{endpoint_id}#{number}" for number in range(SHARDS))


def shelf_of(endpoint_id: str, key: DeliveryKey) -> str:
    return shelf_names(endpoint_id)[int(key.spread * SHARDS)]


def shelf_at(delivery: Delivery) -> float:
    """Its own schedule. Within a second it is spread, so that a cursor tells many of one moment apart."""
    return delivery.next_attempt_at + delivery.key.spread


def filed(delivery: Delivery, endpoint_id: str, retry: RetryPolicy, now: float) -> Delivery:
    """Without a lease. Its plan does not move: it says since when it waits."""
    shelf = shelf_of(endpoint_id, delivery.key)
    waits = replace(delivery, lease=None, slot_at=None, slot_rate=None, turn_at=None, shelf=shelf)
    far = delivery.due_at is not None and delivery.due_at >= now + KEPT_SECONDS
    if delivery.shelf == shelf and far:
        return waits
    due_at, look_at = _looks(delivery, retry, now)
    return replace(waits, due_at=due_at, look_at=look_at)


def last_chance_at(delivery: Delivery, retry: RetryPolicy) -> float:
    """From here on it is looked at by its own clock too; of a short life, for its last tenth."""
    end = give_up_at(delivery, retry)
    return end - min(LAST_CHANCE_SECONDS, (end - delivery.created_at) / 10)


def _looks(delivery: Delivery, retry: RetryPolicy, now: float) -> tuple[float, float | None]:
    """When it is looked at, and to when the sweeper then moves that by itself (None: a grace later)."""
    last, end = last_chance_at(delivery, retry), give_up_at(delivery, retry)
    if last <= now:
        return max(end, now) + TOO_LATE_SECONDS, None
    first = now + FAR_SECONDS
    return (last, None) if first >= last else (first, min(first + FAR_SECONDS, last))


def releases(
    rows: Sequence[Shelved], now: float, seconds: float, begin: float
) -> Iterator[tuple[DeliveryMessage, int]]:
    """A message for each with its delay, spread over `seconds` that begin `begin` seconds from now."""
    for number, row in enumerate(rows):
        message = DeliveryMessage(row.key, row.tenant_id, row.attempts_made + 1, release=True)
        yield message, max(ceil(begin) + int(number * seconds / len(rows)), -int((now - row.at) // 1))
