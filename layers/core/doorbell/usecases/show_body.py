"""An event's headers and body, as they were kept: what proved its sender is gone from both."""

from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.errors import Refusal
from doorbell.domain.records import StoredEvent
from doorbell.usecases.ports import Clock

INLINE_BYTES = 1024 * 1024
"""A longer body is given as a link: a Lambda's answer has 6 MB at the most, and JSON makes it longer."""
LINK_SECONDS = 60


class KeptEvents(Protocol):
    def get(self, event_id: str, now: float) -> StoredEvent | None: ...


class KeptBodies(Protocol):
    def get(self, key: str) -> bytes:
        """Raises `KeyError` when it is gone."""

    def link(self, key: str, seconds: int) -> str:
        """A URL that gives the object as text, for so long; it is not looked whether it is there."""


@dataclass(frozen=True, slots=True)
class EventBody:
    """`body`, or the `link` to it where it is long."""

    event: StoredEvent
    body: bytes | None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class ShowBody:
    """Costs half a read unit for each 4 KiB of the event, and an S3 GET for a body in the bucket."""

    events: KeptEvents
    bodies: KeptBodies
    clock: Clock

    def __call__(self, event_id: str, *, inline_bytes: int = INLINE_BYTES) -> EventBody:
        """Refuses (404) an event that is unknown or has expired, and a body that is gone before its event."""
        event = self.events.get(event_id, self.clock())
        if event is None:
            raise Refusal(404, "unknown_event", "no such event, or it has expired")
        where = event.incoming.body
        if where.inline is not None or where.key is None:
            return EventBody(event, where.inline or b"")
        if where.size > inline_bytes:
            return EventBody(event, None, self.bodies.link(where.key, LINK_SECONDS))
        try:
            return EventBody(event, self.bodies.get(where.key))
        except KeyError as error:
            raise Refusal(404, "body_gone", "the body is not kept any more") from error
