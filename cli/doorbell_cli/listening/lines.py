"""What came of an event, in words and as it is kept."""

from typing import Any

from doorbell.domain.outbound import Outcome
from doorbell.targets.listening import Envelope


def no_answer(outcome: Outcome) -> str:
    what = {"connect_failed": "nothing listens there", "timeout": "no answer in time"}
    return what.get(outcome.error or "", outcome.error or "no answer") + (
        f" ({outcome.detail})" if outcome.detail else ""
    )


def line_of(envelope: Envelope, outcome: Outcome, now: float) -> dict[str, Any]:
    return {
        "at": round(now, 3),
        "event_id": envelope.event_id,
        "type": envelope.event_type,
        "source": envelope.source_id,
        "status": outcome.status,
        "ms": outcome.duration_ms,
        "answer": outcome.response,
    }
