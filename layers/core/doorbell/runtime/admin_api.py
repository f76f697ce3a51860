"""Events and deliveries as JSON, the same over HTTP and from the CLI."""

from datetime import UTC, datetime
from typing import Any

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.domain.matching import Match
from doorbell.usecases.explain import Explanation
from doorbell.usecases.inspect import Story


def story_json(story: Story) -> dict[str, Any]:
    """The event without its body and headers, its routing record, its deliveries."""
    event, incoming = story.event, story.event.incoming
    return {
        "event_id": event.event_id,
        "tenant_id": incoming.tenant_id,
        "source_id": incoming.source_id,
        "provider": incoming.provider,
        "event_type": incoming.event_type,
        "event_types": list(incoming.types),
        "element": incoming.element,
        "fetched": incoming.fetched or None,
        "received_at": iso(incoming.received_at),
        "expires_at": iso(event.expires_at),
        "body": {"size": incoming.body.size, "content_type": incoming.content_type},
        "routing": [
            {"subscription_id": m.subscription_id, "reason": m.reason.value, "detail": m.detail}
            for m in event.routing.matches
        ],
        "near_misses": {"filter": event.routing.filtered, "filter_error": event.routing.failed},
        "deliveries": [delivery_json(delivery) for delivery in story.deliveries],
    }


def explanation_json(found: Explanation) -> dict[str, Any]:
    return {
        "event_id": found.event.event_id,
        "subscription_id": found.subscription_id,
        "routed": found.is_routed,
        "recorded": _match_json(found.then),
        "now": _match_json(found.now),
        "exists": found.exists,
        "problem": found.problem,
        "changed_since": found.has_changed,
        "written_at": iso(found.written_at),
    }


def _match_json(found: Match | None) -> dict[str, Any] | None:
    return None if found is None else {"reason": found.reason.value, "detail": found.detail}


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    pending = not delivery.state.terminal
    return {
        "subscription_id": delivery.key.subscription_id,
        "generation": delivery.key.generation,
        "state": delivery.state.value,
        "reason": delivery.reason,
        "created_at": iso(delivery.created_at),
        "next_attempt_at": iso(delivery.next_attempt_at) if pending else None,
        "ended_at": iso(delivery.ended_at),
        "attempts": [_attempt_json(attempt) for attempt in delivery.attempts],
    }


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": iso(attempt.at),
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "detail": attempt.detail,
        "response": attempt.response,
    }


def iso(at: float | None) -> str | None:
    """Epoch seconds as RFC 3339 in UTC, to the millisecond."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
