"""Ring itself: Doorbell's own events, on the events queue like any others. A message each: they are rare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doorbell.domain import json_text
from doorbell.domain.events import BodyAt, VerifiedEvent

if TYPE_CHECKING:
    from doorbell.domain.own_events import OwnEvent
    from doorbell.usecases.enqueue import EventsQueue
    from doorbell.usecases.ports import Clock, Ids


class VouchItself(Protocol):
    def __call__(
        self, kind: str, *, event_key: str, ingest_id: str, body: bytes, now: float
    ) -> VerifiedEvent: ...


@dataclass(frozen=True, slots=True)
class RingItself:
    vouch: VouchItself
    queue: EventsQueue
    clock: Clock
    ids: Ids

    def __call__(self, event: OwnEvent, key: str) -> None:
        """Raises `Unavailable`. What is rung twice with a key is one event."""
        body = json_text.dumps(event.body())
        verified = self.vouch(event.kind, event_key=key, ingest_id=self.ids(), body=body, now=self.clock())
        self.queue.send(verified, BodyAt(size=len(body), inline=body))
