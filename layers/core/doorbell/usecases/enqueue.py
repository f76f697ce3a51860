"""Putting proven events on the events queue: what publish and ingest end in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from doorbell.domain.events import BodyAt, Several, VerifiedEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doorbell.usecases.ports import Bodies, Log, Metrics

INLINE_BYTES = 128 * 1024
"""A body up to this size travels in the message: base64 and headers stay well under SQS's 256 KiB, the
limit it had for most of its life; 1 MiB today."""


class EventsQueue(Protocol):
    def send(self, event: VerifiedEvent, body: BodyAt) -> None: ...

    def send_all(self, events: Sequence[tuple[VerifiedEvent, BodyAt]]) -> None:
        """Raises `Unavailable` when any was not taken; others may have been."""


def enqueue(event: VerifiedEvent, bodies: Bodies, queue: EventsQueue) -> None:
    """Claim check: a large body goes to the bucket first, so that the message never points at nothing."""
    queue.send(event, _at(event, bodies))


def enqueue_proven(
    proven: VerifiedEvent | Several, bodies: Bodies, queue: EventsQueue, metrics: Metrics, log: Log
) -> None:
    """What the gate has proven, be it one event or several."""
    if isinstance(proven, Several):
        enqueue_several(proven, bodies, queue, metrics, log)
    else:
        enqueue(proven, bodies, queue)
        tell_accepted(proven, metrics, log)


def enqueue_several(several: Several, bodies: Bodies, queue: EventsQueue, metrics: Metrics, log: Log) -> None:
    """All, before anybody is answered. Where one is not taken the sender has to come again: those that were
    are then found to be duplicates, by their keys."""
    if several.too_many:
        metrics.count("NotSplit")
        log.error("not_split", source_id=several.whole.source_id, event_id=several.whole.event_id)
    queue.send_all([(event, _at(event, bodies)) for event in several.events])
    for event in several.events:
        tell_accepted(event, metrics, log)


def tell_accepted(event: VerifiedEvent, metrics: Metrics, log: Log) -> None:
    metrics.count("Accepted", provider=event.provider)
    log.info(
        "accepted",
        event_id=event.event_id,
        ingest_id=event.ingest_id,
        source_id=event.source_id,
        event_type=event.event_type,
        bytes=len(event.body),
    )


def _at(event: VerifiedEvent, bodies: Bodies) -> BodyAt:
    if len(event.body) <= INLINE_BYTES:
        return BodyAt(size=len(event.body), inline=event.body)
    key = f"{event.tenant_id}/{event.ingest_id}"
    bodies.put(key, event.body)
    return BodyAt(size=len(event.body), key=key)
