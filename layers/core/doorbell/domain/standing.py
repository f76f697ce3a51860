"""How a subscription stands: what waits for it and why, what fails, what is lost. Plain data, for whoever
shows it. Times are epoch seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from doorbell.domain.claims import Due
from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import Circuit, Health
from doorbell.domain.holders import source_held_by
from doorbell.domain.log import Missed
from doorbell.domain.transitions import kept_until
from doorbell.domain.wakes import MOST_PER_SECOND, first_pace


class Held(StrEnum):
    """Why a pending delivery is not under way at this moment."""

    NOW = "being_tried"
    PAUSED = "paused"
    SOURCE_PAUSED = "source_paused"
    PARKED = "parked"
    PROBED = "probe"
    LISTED = "waiting_list"
    PLACES = "in_flight"
    RATE = "rate_limited"
    SCHEDULE = "schedule"
    QUEUED = "queued"


def held_by(delivery: Delivery, health: Health, now: float) -> Held:
    """`health`: of its endpoint."""
    if delivery.lease is not None and now < delivery.lease.until:
        return Held.NOW
    if delivery.is_paused:
        return Held.PAUSED if source_held_by(delivery) is None else Held.SOURCE_PAUSED
    circuit = health.circuit(now)
    if circuit is Circuit.OPEN:
        return Held.PARKED
    if circuit is Circuit.HALF_OPEN:
        return Held.PROBED
    if delivery.waits:
        return Held.LISTED
    if delivery.next_attempt_at <= now:
        return Held.QUEUED
    if delivery.turn_at is not None:
        return Held.PLACES
    if delivery.slot_at is not None:
        return Held.RATE
    return Held.SCHEDULE


@dataclass(frozen=True, slots=True)
class Pending:
    """What a walk of the due index found, in order of `due_at`. `looked_at`: how many pending deliveries, of
    everybody's, were passed; `more`: it stopped there, and others may follow."""

    rows: Sequence[Due]
    looked_at: int
    more: bool

    @property
    def tried(self) -> Sequence[Due]:
        """Those with an attempt that failed."""
        return [row for row in self.rows if row.attempts_made]

    def telling(self, most: int) -> Sequence[Due]:
        """So many that tell most: those that have failed and are looked at next, so that what is tried
        soonest is among them; those that have failed most often; and the others, as they are looked at."""
        tried = self.tried
        soon = tried[: (most + 1) // 2]
        often = sorted(tried, key=lambda row: -row.attempts_made)[: (most + 3) // 4]
        return list(dict.fromkeys([*soon, *often, *self.rows]))[:most]


@dataclass(frozen=True, slots=True)
class Listed:
    """How many wait on the endpoint's list, or (`more`) more than that; `since`: since when the first."""

    count: int
    more: bool
    since: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    """What ended without success since `since`, but for tests. `replayed`: how many of the newest `looked_up`
    have been replayed since, whatever came of it; `more`: there may be others."""

    since: float
    rows: Sequence[Missed]
    more: bool
    looked_up: int = 0
    replayed: int = 0

    @property
    def by_reason(self) -> Mapping[tuple[str, str], int]:
        """State and reason → how many."""
        counted: dict[tuple[str, str], int] = {}
        for row in self.rows:
            counted[row.state, row.reason] = counted.get((row.state, row.reason), 0) + 1
        return counted


@dataclass(frozen=True, slots=True)
class Standing:
    """`exists`: there is an item of that name. `attempts_allowed` None: the item is broken. `listed` None:
    its endpoint has no waiting list. `seen`: some of the pending deliveries in full: those that have failed
    and are looked at next, and those that have failed most."""

    tenant_id: str
    subscription_id: str
    health: Health
    pending: Pending
    lost: Lost
    exists: bool = True
    enabled: bool = True
    off_reason: str | None = None
    off_since: float | None = None
    paused: bool = False
    paused_since: float | None = None
    attempts_allowed: int | None = None
    rate_limit_per_second: float | None = None
    listed: Listed | None = None
    seen: Sequence[Delivery] = field(default=())

    @property
    def failing(self) -> Sequence[Delivery]:
        """Of those seen, newest failure first."""
        tried = [delivery for delivery in self.seen if delivery.attempts]
        return sorted(tried, key=lambda delivery: -delivery.attempts[-1].at)

    @property
    def soonest(self) -> Delivery | None:
        """Of those seen that have failed, whose attempt comes first; what a pause holds comes last."""
        return min(self.failing, key=lambda one: (one.is_paused, one.next_attempt_at), default=None)

    @property
    def oldest(self) -> Delivery | None:
        """Of those seen."""
        return min(self.seen, key=lambda delivery: delivery.created_at, default=None)

    @property
    def kept_until(self) -> float | None:
        """When the first of those seen is given up, if it waits until then."""
        return min((kept_until(delivery) for delivery in self.seen), default=None)

    @property
    def pace(self) -> float:
        """Deliveries a second at which the waiting list is sent out, or will be at first."""
        wake = self.health.wake
        most = self.rate_limit_per_second or MOST_PER_SECOND
        return min(most, (wake.pace if wake is not None else None) or first_pace(most))

    @property
    def list_seconds(self) -> float | None:
        """How long that takes at this pace; None: there is no list, or more on it than were counted."""
        if self.listed is None or self.listed.more:
            return None
        return self.listed.count / self.pace

    @property
    def sees_all(self) -> bool:
        return not self.pending.more and len(self.seen) >= len(self.pending.rows)
