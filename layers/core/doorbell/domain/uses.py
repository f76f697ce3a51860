"""Uses of a dedupe key: what is known of the newest, and whether another one brings the same body."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorbell.domain.events import BodyAt
    from doorbell.domain.records import Incoming, StoredEvent


@dataclass(frozen=True, slots=True)
class Use:
    """The event of `generation`, as far as it tells a duplicate. `dedupe_until` ends its window."""

    generation: int
    ingest_id: str
    received_at: float
    dedupe_until: float
    body: BodyAt

    @classmethod
    def of(cls, event: StoredEvent) -> Use:
        incoming = event.incoming
        return cls(
            event.generation, incoming.ingest_id, incoming.received_at, event.dedupe_until, incoming.body
        )


class Is(Enum):
    """What an incoming event is to an earlier use of its key."""

    THE_SAME = "the same request: fan-out of it goes on"
    DUPLICATE = "within its window"
    ANOTHER_USE = "after its window"


def compared(incoming: Incoming, earlier: Use) -> Is:
    if earlier.ingest_id == incoming.ingest_id:
        return Is.THE_SAME
    return Is.DUPLICATE if incoming.received_at < earlier.dedupe_until else Is.ANOTHER_USE


def digest_of(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def without_bytes(body: BodyAt) -> BodyAt:
    """What of a body is enough to know it again."""
    return replace(body, inline=None, key=None, digest=_digest(body))


def differ(one: BodyAt, other: BodyAt) -> bool:
    """Whether they are known not to be the same bytes. Of those that came into the bucket without having been
    read, only the size is known."""
    if one.size != other.size:
        return True
    if one.inline is not None and other.inline is not None:
        return one.inline != other.inline
    digests = _digest(one), _digest(other)
    return None not in digests and digests[0] != digests[1]


def _digest(body: BodyAt) -> bytes | None:
    return body.digest if body.inline is None else digest_of(body.inline)
