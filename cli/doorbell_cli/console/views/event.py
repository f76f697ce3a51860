"""An event: what it was, who wanted it, and every delivery with its attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.domain.health import Circuit, Health
from doorbell.domain.subscriptions import scoped
from doorbell.usecases.inspect import Story
from doorbell_cli.ops.stories import answer, name, reason_text
from doorbell_cli.ops.why_held import why_held

TONES = {"delivered": "green", "exhausted": "red", "cancelled": "red", "pending": "yellow"}

DELIVERIES, TRIES, WANTED = 20, 8, 100
"""Of an event on one page, of a delivery, and of those that fan-out named."""


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
    """One delivery. `planned_at`: what comes next, None: it has ended, or nobody knows when. `waits`: why it
    has not ended, in words. `held`: from when to when it was kept back, as far as that is known. `earlier`:
    how many attempts there were before `tries`."""

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
    earlier: int = 0
    waits: str = ""
    held: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    subscription_id: str
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Event:
    """`others`: how many more subscriptions with the right source and type said no, and are not named.
    `unlisted`: how many who are named are left out of `wanted`. `after`: where its further deliveries begin,
    None: there are none."""

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
    unlisted: int
    lanes: Sequence[Lane]
    after: str | None


def event(story: Story, healths: Mapping[str, Health], now: float) -> Event:
    """`healths`: of the endpoints to which something is still to be sent, by their id."""
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
            for m in routing.matches[:WANTED]
        ],
        routing.filtered + routing.failed - len(routing.near_misses),
        len(routing.matches[WANTED:]),
        [
            lane(one, healths.get(scoped(incoming.tenant_id, one.key.subscription_id), Health()), now)
            for one in story.deliveries
        ],
        story.after,
    )


def waiting_for(story: Story) -> Sequence[str]:
    """The ids of the endpoints to which something is still to be sent."""
    tenant_id = story.event.incoming.tenant_id
    pending = [one.key.subscription_id for one in story.deliveries if not one.state.terminal]
    return list(dict.fromkeys(scoped(tenant_id, name) for name in pending))


def lane(delivery: Delivery, health: Health, now: float) -> Lane:
    state, ended = delivery.state.value, delivery.state.terminal
    return Lane(
        name(delivery),
        delivery.key.subscription_id,
        delivery.key.generation,
        state,
        TONES.get(state, "yellow"),
        delivery.reason or "",
        delivery.created_at,
        delivery.ended_at,
        None if ended else _planned(delivery, health, now),
        delivery.next_attempt,
        [_try(attempt) for attempt in delivery.attempts[-TRIES:]],
        len(delivery.attempts[:-TRIES]),
        "" if ended else why_held(delivery, health, now),
        _kept_back(delivery, health, now),
    )


def _planned(delivery: Delivery, health: Health, now: float) -> float | None:
    if delivery.is_paused:
        return None
    if health.circuit(now) is Circuit.OPEN:
        return health.parked_until
    return None if delivery.waits else delivery.next_attempt_at


def _kept_back(delivery: Delivery, health: Health, now: float) -> tuple[float, float] | None:
    """By a pause, or since its last attempt by its endpoint's waiting list or parking."""
    if delivery.paused_at is not None:
        return delivery.paused_at, delivery.resumed_at or delivery.ended_at or now
    if delivery.state.terminal or (not delivery.waits and health.circuit(now) is Circuit.CLOSED):
        return None
    last = delivery.attempts[-1] if delivery.attempts else None
    return (delivery.created_at if last is None else last.at + last.duration_ms / 1000), now


def _try(attempt: Attempt) -> Try:
    return Try(attempt.number, attempt.at, attempt.duration_ms / 1000, attempt.is_success, answer(attempt))
