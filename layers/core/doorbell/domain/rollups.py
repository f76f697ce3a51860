"""Roll-ups: what happened at a source or a subscription, as counts of five minutes.

They are for people to look at. The ledger, that is events and deliveries themselves, stays the truth: what a
worker counted that dies may be there twice or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

BUCKET_SECONDS = 300

ACCEPTED, DUPLICATES = "accepted", "duplicates"
DELIVERED, EXHAUSTED, CANCELLED = "delivered", "exhausted", "cancelled"
REFUSED, FAILED, HELD = "refused.", "failed.", "held."
"""Before a reason or a class."""
LATENCY, ANSWER = "l", "t"
"""Before the number of a bucket of `scales`: from ingest to delivery, and the subscriber's own answer. Short,
as an item has dozens of them and is to stay below a KiB."""

SPREAD = 4
"""Keys that a holder's counts may be on. A busy one has to do with nearly every batch there is, and one key
takes 1,000 writes a second: a thousand batches.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""

type Counts = Mapping[str, int]


class Kind(StrEnum):
    SOURCE = "source"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose counts they are. No id has a `#` or a `/`, so no two holders have one key."""

    kind: Kind
    tenant_id: str
    name: str

    @property
    def key(self) -> str:
        return f"{prefix(self.kind, self.tenant_id)}{self.name}"

    @property
    def keys(self) -> tuple[str, ...]:
        """All that its counts may be on; the first is `key`."""
        return (self.key, *(f"{self.key}#{number}" for number in range(1, SPREAD)))


def prefix(kind: Kind, tenant_id: str) -> str:
    """What the keys of all of a tenant's holders of a kind begin with."""
    return f"{kind.value}#{tenant_id}/"


def bucket_at(at: float) -> int:
    """The beginning of the five minutes that `at` is in, epoch seconds."""
    return int(at // BUCKET_SECONDS) * BUCKET_SECONDS
