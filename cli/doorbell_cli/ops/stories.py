"""An event's story for people: what it was, who wanted it, and a timeline of attempts."""

from collections.abc import Iterator

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.usecases.inspect import Story
from doorbell_cli.output import Output, clock

_STYLES = {"delivered": "green", "exhausted": "red", "cancelled": "red", "pending": "yellow"}


def say_story(out: Output, story: Story) -> None:
    event, incoming = story.event, story.event.incoming
    out.fields(
        {
            "event": event.event_id,
            "tenant": incoming.tenant_id,
            "source": f"{incoming.source_id} ({incoming.provider})",
            "type": incoming.event_type,
            "received": clock(incoming.received_at),
            "kept until": clock(event.expires_at),
            "body": f"{incoming.body.size} bytes, {incoming.content_type}",
        },
        document=None,
    )
    out.say()
    out.rows(
        ["subscription", "wanted it", "detail"],
        [(m.subscription_id, m.reason.value, m.detail) for m in event.routing.matches],
        document=None,
        empty="no subscription of this tenant",
    )
    for delivery in story.deliveries:
        out.say()
        say_delivery(out, delivery)


def say_delivery(out: Output, delivery: Delivery) -> None:
    """A line for the state, then a line for everything that happened or will."""
    state = delivery.state.value
    out.say(
        f"{name(delivery)}: {state}" + (f" ({delivery.reason})" if delivery.reason else ""), _STYLES[state]
    )
    for at, what in timeline(delivery):
        out.say(f"  {clock(at)}  {what}")


def timeline(delivery: Delivery) -> Iterator[tuple[float, str]]:
    yield delivery.created_at, "created" if delivery.key.generation == 0 else "created by a replay"
    for attempt in delivery.attempts:
        yield attempt.at, f"attempt {attempt.number}: {answer(attempt)} in {attempt.duration_ms} ms"
    if delivery.ended_at is not None:
        yield delivery.ended_at, delivery.state.value
    elif delivery.lease is not None:
        yield delivery.lease.until, "a worker has it until then"
    else:
        yield delivery.next_attempt_at, f"attempt {delivery.next_attempt} is planned"


def answer(attempt: Attempt) -> str:
    what = f"{attempt.status}" if attempt.error is None else attempt.error
    more = " ".join(text for text in (attempt.detail, attempt.response) if text)
    return f"{what} {more[:200]!r}" if more else what


def name(delivery: Delivery) -> str:
    key = delivery.key
    return key.subscription_id + (f" (replay {key.generation})" if key.generation else "")
