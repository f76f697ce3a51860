"""A delivery: one event on its way to one subscription. Times are epoch seconds."""

from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

STEP_SLACK_SECONDS = 1.0
"""How much before its time a delivery may be claimed: SQS delays are whole seconds, clocks differ."""


class State(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        return self is not State.PENDING


@dataclass(frozen=True, slots=True, order=True)
class DeliveryKey:
    """`generation` 0 is the first delivery; each replay adds one."""

    event_id: str
    subscription_id: str
    generation: int = 0

    def due_shard(self, shards: int) -> str:
        """Which of `shards` partitions of the due index: spread by hash, two digits."""
        return f"{crc32(f'{self.event_id}/{self.subscription_id}'.encode()) % shards:02d}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `status` None = no answer; `response` at most 1 KiB of text."""

    number: int
    at: float
    duration_ms: int
    status: int | None
    error: str | None
    detail: str
    response: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a delivery until `until`; `lease_id` is new for every claim."""

    lease_id: str
    until: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """`next_attempt_at` is the plan; `due_at` is when the sweeper looks (None once it has ended);
    `slot_at` is a place in the endpoint's rate limit that is already paid for. `received_at` is when the
    provider rang; None for a replay."""

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
    ended_at: float | None = None
    reason: str | None = None
    received_at: float | None = None

    @property
    def attempts_made(self) -> int:
        return len(self.attempts)

    @property
    def next_attempt(self) -> int:
        """The number of the attempt that comes next; the first is 1."""
        return len(self.attempts) + 1
