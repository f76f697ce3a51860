"""Record: an event on its dedupe key, with the first page of its routing; its body where it belongs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from doorbell.domain.events import BodyAt, nth_event_id
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.domain.uses import digest_of

if TYPE_CHECKING:
    from doorbell.usecases.generations import Generations
    from doorbell.usecases.ports import Bodies, Clock

INLINE_ITEM_BYTES = 16 * 1024
"""A body up to this size lives in its item. DynamoDB bills a write per KiB, S3 per object: they cross at some
8 KiB; no second call reads it. https://aws.amazon.com/dynamodb/pricing/ https://aws.amazon.com/s3/pricing/"""


@dataclass(frozen=True, slots=True)
class Record:
    """`retention` in seconds."""

    generations: Generations
    bodies: Bodies
    clock: Clock
    retention: int

    def put(self, incoming: Incoming, routing: RoutingPage) -> StoredEvent | None:
        """The event as it stands in the table then, or None for a provider's duplicate."""
        now = self.clock()
        kept = self._with_body_at_home(incoming)
        return self.generations.put(kept, lambda generation: self._event(kept, generation, routing, now))

    def _event(self, incoming: Incoming, generation: int, routing: RoutingPage, now: float) -> StoredEvent:
        expires_at = int(now + self.retention)
        return StoredEvent(
            event_id=nth_event_id(incoming.event_id, generation),
            incoming=incoming,
            generation=generation,
            created_at=now,
            dedupe_until=min(incoming.received_at + incoming.dedupe_window_seconds, float(expires_at)),
            expires_at=expires_at,
            routing=routing,
        )

    def _with_body_at_home(self, incoming: Incoming) -> Incoming:
        """A body that is too large for an item is moved to the bucket, under the key it always gets."""
        body = incoming.body.inline
        if body is None or not is_large(incoming.body):
            return incoming
        key = f"{incoming.tenant_id}/{incoming.ingest_id}"
        self.bodies.put(key, body)
        return replace(incoming, body=BodyAt(size=len(body), key=key, digest=digest_of(body)))


def is_large(body: BodyAt) -> bool:
    """Whether it has to be moved."""
    return body.inline is not None and len(body.inline) > INLINE_ITEM_BYTES
