"""An event: what it was, who wanted it, and every delivery with its attempts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.runtime.body_json import text_of
from doorbell.usecases.inspect import Story
from doorbell.usecases.show_body import EventBody
from doorbell_cli.ops.stories import answer, name, reason_text

TONES = {"delivered": "green", "exhausted": "red", "cancelled": "red", "pending": "yellow"}


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt. Times are epoch seconds."""

    number: int
    at: float
    seconds: float
    succeeded: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One delivery. `planned_at`: its next attempt, None: it has ended."""

    name: str
    subscription_id: str
    generation: int
    state: str
    tone: str
    reason: str
    created_at: float
    ended_at: float | None
    planned_at: float | None
    next_number: int
    tries: Sequence[Try]


@dataclass(frozen=True, slots=True)
class Wanted:
    subscription_id: str
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Event:
    """`others`: how many more subscriptions with the right source and type said no, and are not named."""

    event_id: str
    tenant_id: str
    source_id: str
    provider: str
    types: Sequence[str]
    received_at: float
    recorded_at: float
    expires_at: float
    size: int
    content_type: str
    headers: Mapping[str, str]
    wanted: Sequence[Wanted]
    others: int
    lanes: Sequence[Lane]


@dataclass(frozen=True, slots=True)
class Body:
    """`text` None: it is no text, or (`gone`) not there any more. `pretty`: JSON, laid out; else None."""

    text: str | None
    pretty: str | None
    gone: str = ""


def event(story: Story) -> Event:
    stored, incoming = story.event, story.event.incoming
    routing = stored.routing
    return Event(
        stored.event_id,
        incoming.tenant_id,
        incoming.source_id,
        incoming.provider,
        list(incoming.types),
        incoming.received_at,
        stored.created_at,
        stored.expires_at,
        incoming.body.size,
        incoming.content_type,
        dict(incoming.headers),
        [
            Wanted(m.subscription_id, m.matched, "" if m.matched else reason_text(m.reason, m.detail))
            for m in routing.matches
        ],
        routing.filtered + routing.failed - len(routing.near_misses),
        [lane(delivery) for delivery in story.deliveries],
    )


def lane(delivery: Delivery) -> Lane:
    state = delivery.state.value
    return Lane(
        name(delivery),
        delivery.key.subscription_id,
        delivery.key.generation,
        state,
        TONES[state],
        delivery.reason or "",
        delivery.created_at,
        delivery.ended_at,
        None if delivery.state.terminal else delivery.next_attempt_at,
        delivery.next_attempt,
        [_try(attempt) for attempt in delivery.attempts],
    )


def body(content: EventBody) -> Body:
    return laid_out(content.body or b"")


def laid_out(content: bytes) -> Body:
    text = text_of(content)
    return Body(text, None if text is None else _pretty(text))


def _pretty(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


def _try(attempt: Attempt) -> Try:
    return Try(attempt.number, attempt.at, attempt.duration_ms / 1000, attempt.is_success, answer(attempt))
