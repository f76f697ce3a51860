"""An event's story for people: what it was, who wanted it, and a timeline of attempts."""

from collections.abc import Iterator

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.domain.matching import Match, Reason
from doorbell.domain.routing import RoutingPage
from doorbell.runtime.body_json import text_of
from doorbell.usecases.inspect import Story
from doorbell.usecases.show_body import EventBody
from doorbell_cli.output import Output, Styled, clock

_STYLES = {"delivered": "green", "exhausted": "red", "cancelled": "red", "pending": "yellow"}


def say_story(out: Output, story: Story) -> None:
    event, incoming = story.event, story.event.incoming
    out.fields(
        {
            "event": event.event_id,
            "tenant": incoming.tenant_id,
            "source": f"{incoming.source_id} ({incoming.provider})",
            "type": ", ".join(incoming.types),
            **({"fetched": incoming.fetched} if incoming.fetched else {}),
            **({} if incoming.element is None else {"element": f"{incoming.element} of the body it came in"}),
            "received": clock(incoming.received_at),
            "kept until": clock(event.expires_at),
            "body": f"{incoming.body.size} bytes, {incoming.content_type}",
        },
        document=None,
    )
    out.say()
    out.rows(
        ["subscription", "wanted it"],
        [(m.subscription_id, _wanted(m)) for m in event.routing.matches],
        document=None,
        empty="No subscription wanted it.",
    )
    _say_others(out, event.routing)
    for delivery in story.deliveries:
        out.say()
        say_delivery(out, delivery)


def _say_others(out: Output, routing: RoutingPage) -> None:
    """What the table does not name."""
    if unnamed := routing.filtered + routing.failed - len(routing.near_misses):
        out.say(f"{unnamed:,} more with the right source and type: their filters say no, or fail.")
    out.say("Who is not listed did not match. To ask why one did not: --why SUBSCRIPTION")


def _wanted(match: Match) -> Styled:
    if match.matched:
        return Styled("yes", "green")
    return Styled(f"no: {reason_text(match.reason, match.detail)}", "")


def reason_text(reason: Reason, detail: str) -> str:
    """Why a subscription got an event, or did not, in words."""
    words = {
        Reason.MATCHED: "it matched",
        Reason.DISABLED: "the subscription was disabled",
        Reason.SOURCE: "its source is not listed",
        Reason.EVENT_TYPE: "its type matches no glob",
        Reason.FILTER: "the filter says no",
        Reason.FILTER_ERROR: f"the filter fails: {detail}",
    }
    return words.get(reason) or f"{reason.value} {detail}".strip()


def say_delivery(out: Output, delivery: Delivery) -> None:
    """A line for the state, then a line for everything that happened or will."""
    state = delivery.state.value
    out.say(
        f"{name(delivery)}: {state}" + (f" ({delivery.reason})" if delivery.reason else ""),
        _STYLES.get(state, "yellow"),
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
        yield delivery.lease.until, "a worker has claimed it until then"
    else:
        yield delivery.next_attempt_at, f"attempt {delivery.next_attempt} is planned"


def answer(attempt: Attempt) -> str:
    what = attempt.error or f"{attempt.status}"
    if attempt.error is not None and attempt.status is not None:
        what = f"{attempt.status}, then {attempt.error}:"
    more = " ".join(text for text in (attempt.detail, attempt.response) if text)
    return f"{what} {more[:200]!r}" if more else what


def name(delivery: Delivery) -> str:
    key = delivery.key
    return key.subscription_id + (f" (replay {key.generation})" if key.generation else "")


def say_body(out: Output, content: EventBody) -> None:
    """As text, whatever its type says."""
    incoming, body = content.event.incoming, content.body or b""
    out.say()
    for name, value in incoming.headers.items():
        out.say(f"{name}: {value}")
    out.say()
    text = text_of(body)
    out.say(text if text is not None else f"{len(body)} bytes that are no text. With --json they are base64.")
