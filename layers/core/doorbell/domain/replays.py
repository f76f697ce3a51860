"""A replay of many: which deliveries, how fast, how far it has come. Times are epoch seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.history import EndedRow
from doorbell.domain.log import Missed

type Cursor = Mapping[str, str | float]
"""Where to go on; the store's own, opaque here."""

MOST_PER_SECOND = 1000.0
"""The fastest that anybody may ask for."""

UNMATCHED = "unmatched"
"""In place of a state: an event that did not match when it came, and does now. It has no delivery."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a subscription missed in [since, until] and ended in one of `states`; or, where that is
    `UNMATCHED` alone, events that were recorded then, which it did not get and would want now."""

    tenant_id: str
    subscription_id: str
    since: float
    until: float
    states: tuple[str, ...] = (State.EXHAUSTED.value, State.CANCELLED.value)

    @property
    def would_match(self) -> bool:
        return self.states == (UNMATCHED,)


@dataclass(frozen=True, slots=True)
class ReplayJob:
    """`position` counts the slots handed out, `created` the deliveries made, `skipped` what needed none and
    why. `version` counts the writes of the job's item."""

    job_id: str
    selection: Selection
    per_second: float
    started_at: float
    cursor: Cursor | None = None
    position: int = 0
    created: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    finished_at: float | None = None
    version: int = 0

    def rebased(self, now: float) -> "ReplayJob":
        """Taken up again: the slots that went by while nobody worked on it are not made up for."""
        return replace(self, started_at=max(self.started_at, now - self.position / self.per_second))

    def slot(self, n: int) -> float:
        """When the n-th delivery from here may be tried."""
        return self.started_at + (self.position + n) / self.per_second


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a delivery that is on record; `job` is the replay that made it."""

    state: str
    expires_at: int
    job: str | None
    event_type: str | None = None


@dataclass(frozen=True, slots=True)
class MissedPage:
    """`after` is the place to go on from, None at the end. `events`: what is known of the events of those
    rows that have no delivery. `looked` at so many events for it; `skipped`: which were left out, by why."""

    rows: tuple[Missed, ...]
    after: Cursor | None
    events: Mapping[DeliveryKey, Kept] = field(default_factory=dict)
    looked: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)


def next_key(missed: Missed | EndedRow) -> DeliveryKey:
    """The delivery that would replay this one; always the same, so that a repeated replay meets itself."""
    return DeliveryKey(missed.key.event_id, missed.key.subscription_id, missed.key.generation + 1)


KEPT_SECONDS = 7 * 24 * 3600.0
"""A replay's own record is kept at least this long from its slot, also where its event expires sooner."""


def replay_of(missed: Missed, kept: Kept, slot: float, now: float) -> Delivery:
    """`due_at` is the slot itself: the sweeper sends the message, nobody else has to stay alive for it."""
    return Delivery(
        key=next_key(missed),
        tenant_id=missed.tenant_id,
        state=State.PENDING,
        created_at=max(now, slot),
        next_attempt_at=slot,
        due_at=slot,
        expires_at=max(kept.expires_at, int(slot + KEPT_SECONDS)),
        event_type=kept.event_type,
    )
