"""How an endpoint was in the last day: spans of its state, for people."""

from collections.abc import Sequence
from typing import Any

from doorbell.domain.conditions import FOR_NOW, Condition, Record, Span, spans
from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.standing import Standing
from doorbell.runtime.admin_api import iso
from doorbell.store.health.reads import OnRecord
from doorbell_cli.cells import clock

TONES = {
    Condition.HEALTHY: "green",
    Condition.PARKED: "red",
    Condition.PAUSED: "yellow",
    Condition.DISABLED: "plain",
}


def last_day(found: OnRecord, standing: Standing, now: float) -> Sequence[Span]:
    off = _lasting(standing.exists and not standing.enabled, standing.off_since)
    paused = _lasting(standing.exists and standing.paused, standing.paused_since)
    parked = standing.health.parked_until is not None
    record = Record(found.changes, [*found.off, *off], [*found.paused, *paused], parked)
    return spans(record, now - DAY_SECONDS, now)


def in_words(shown: Sequence[Span]) -> str:
    """Newest first, but for times in which it was well: `parked 14:02 to 14:31 (503); paused since 16:00`."""
    told = [_told(span) for span in reversed(shown) if span.condition is not Condition.HEALTHY]
    return "; ".join(told) or "healthy throughout"


def as_json(shown: Sequence[Span]) -> list[dict[str, Any]]:
    return [
        {
            "state": span.condition.value,
            "since": iso(span.since),
            "until": iso(span.until),
            "reason": span.why or None,
        }
        for span in shown
    ]


def _told(span: Span) -> str:
    why = f" ({span.why})" if span.why else ""
    if span.until is None:
        return f"{span.condition} since {clock(span.since)}{why}"
    return f"{span.condition} {clock(span.since)} to {clock(span.until)}{why}"


def _lasting(is_so: bool, since: float | None) -> Sequence[tuple[float, float]]:
    return [(since, FOR_NOW)] if is_so and since is not None else []
