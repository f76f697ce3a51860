"""Bugs on the way in: proof, keys, several events in one body, the queue."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from doorbell.domain.errors import Unavailable
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.queues.batches import Batches
from doorbell.queues.events import EventsQueueWriter
from doorbell.signatures import gate, several, verifier
from doorbell.signatures.gate import Gate
from tests.simulation.mutations import bug
from tests.simulation.story import story_of


@bug("dedupe: by the ingest, not by the provider's key", verifier, "event_id_for")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    serial = count()
    return lambda tenant_id, source_id, key: sound(tenant_id, source_id, f"{key}/{next(serial)}")


@bug("ingest: the signature is not checked", gate, "checker")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda entry: lambda claim: None


@bug("ingest: the secret travels with the event", Gate, "examine")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Gate, source: Any, request: Any, secrets: Sequence[str], **given: Any) -> Any:
        event = sound(self, source, request, secrets, **given)
        return replace(event, headers={**event.headers, "x-secret": secrets[0]})

    return mutant


@bug("ingest: accepts what SQS did not take", EventsQueueWriter, "send")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventsQueueWriter, event: Any, body: Any) -> None:
        try:
            sound(self, event, body)
        except Unavailable:
            return

    return mutant


@bug(
    "ingest: accepts a body's events although SQS did not take all of them",
    EventsQueueWriter,
    "send_all",
    met_at=story_of(115),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventsQueueWriter, events: Any) -> None:
        try:
            sound(self, events)
        except Unavailable:
            return

    return mutant


@bug("ingest: answers when the first ten events of a body are sent", Batches, "send", met_at=story_of(7))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, batches: sound(self, batches[:1])


@bug("split: an event without an id of its own has its ring's key, not its body's", several, "each")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda event, *rest: sound(replace(event, dedupe_key=event.ingest_id), *rest)


@bug("split: all events of a body share its ingest's id", several, "each", met_at=story_of(38))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(event: VerifiedEvent, *rest: Any) -> VerifiedEvent | Several:
        made = sound(event, *rest)
        if not isinstance(made, Several):
            return event
        return replace(made, events=tuple(replace(one, ingest_id=event.ingest_id) for one in made.events))

    return mutant
