"""A delivery: one event on its way to one subscription. Times are epoch seconds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zlib import crc32

from doorbell.domain.outbound import is_2xx
from doorbell.domain.quick import changed, quick

STEP_SLACK_SECONDS = 1.0
"""How much before its time a delivery may be claimed: SQS delays are whole seconds, clocks differ."""


LEASE_MARGIN_SECONDS = 15.0
"""Beyond the attempt's own time-out: for reading what is to be sent and recording what came of it."""


class State(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"

    @classmethod
    def _missing_(cls, value: object) -> "State":
        """As a newer release wrote it, met after a way back: it is shown, and nobody's turn here. It is no
        member: lists of all states have it not."""
        found = str.__new__(cls, str(value))
        found._name_, found._value_ = "OTHER", str(value)
        return found

    @property
    def terminal(self) -> bool:
        return self is not State.PENDING


_FREE = dict.fromkeys(("lease", "slot_at", "slot_rate", "turn_at", "shelf", "look_at"))


@dataclass(frozen=True, slots=True, order=True)
class DeliveryKey:
    """`generation` 0 is the first delivery; each replay adds one."""

    event_id: str
    subscription_id: str
    generation: int = 0

    def due_shard(self, shards: int) -> str:
        """Which of `shards` partitions of the due index: spread by hash, two digits."""
        return f"{self._hash % shards:02d}"

    @property
    def spread(self) -> float:
        """In [0, 1), by hash: to keep those apart that would come back at one moment."""
        return self._hash / 2**32

    @property
    def _hash(self) -> int:
        return crc32(f"{self.event_id}/{self.subscription_id}".encode())


@quick
class Attempt:
    """One try. `status` None = no answer; `error` beside one = the rest of that answer never came.
    `response` at most 1 KiB of text."""

    number: int
    at: float
    duration_ms: int
    status: int | None
    error: str | None
    detail: str
    response: str

    @property
    def is_success(self) -> bool:
        return is_2xx(self.status)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a delivery until `until`; `lease_id` is new for every claim."""

    lease_id: str
    until: float


@quick
class Delivery:
    """`next_attempt_at` is the plan; `due_at` is when the sweeper looks (None once it has ended);
    `slot_at` is a place in the endpoint's rate limit that is already paid for, counted with `slot_rate` a
    second; `turn_at` the turn it was given in the line for a place in flight. `received_at` is when the
    provider rang; None for a replay. `shelf` is the list on which it waits for its endpoint; only a release
    may claim it there. `look_at` is where the sweeper moves `due_at` of one that waits, None: a grace on.
    `event_type` is its event's, for its history; None where it was made before histories were kept.
    `paused_at` and `resumed_at`: for how long a pause held it (`domain.pauses`); None of both: none did."""

    key: DeliveryKey
    tenant_id: str
    state: State
    created_at: float
    next_attempt_at: float
    due_at: float | None
    expires_at: int
    attempts: tuple[Attempt, ...] = ()
    lease: Lease | None = None
    slot_at: float | None = None
    slot_rate: float | None = None
    turn_at: float | None = None
    ended_at: float | None = None
    reason: str | None = None
    received_at: float | None = None
    shelf: str | None = None
    look_at: float | None = None
    event_type: str | None = None
    paused_at: float | None = None
    resumed_at: float | None = None

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None and self.resumed_at is None

    @property
    def paused_seconds(self) -> float:
        """Of pauses that are over: by so much later it is too old."""
        if self.paused_at is None or self.resumed_at is None:
            return 0.0
        return max(0.0, self.resumed_at - self.paused_at)

    @property
    def waits(self) -> bool:
        """On a shelf, for its endpoint. One that has ended stands on that of its history."""
        return self.shelf is not None and not self.state.terminal

    def freed(self, **changes: Any) -> "Delivery":
        """Of its lease, its slot, its turn and its shelf, unless `changes` say otherwise; with these."""
        return changed(self, **{**_FREE, **changes})

    @property
    def attempts_made(self) -> int:
        return len(self.attempts)

    @property
    def next_attempt(self) -> int:
        """The number of the attempt that comes next; the first is 1."""
        return len(self.attempts) + 1
