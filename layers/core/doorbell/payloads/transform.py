"""Transforms: a new body from an event, always JSON."""

from typing import Any

from doorbell.domain import json_text
from doorbell.domain.records import StoredEvent
from doorbell.payloads.errors import TRANSFORM_FAILED, ComposeError
from doorbell.payloads.expressions import ExpressionError, evaluate, problem_with
from doorbell.payloads.views import view_of

__all__ = ["problem_with", "transformed"]

TRANSFORM_STEPS = 3_000_000
"""About three seconds, well within the lease. The largest body ingest takes has 2.3 million nodes at most."""
MAX_RESULT_BYTES = 8 * 1024 * 1024


def transformed(expression: str, event: StoredEvent, body: bytes) -> bytes:
    """The new body as JSON in UTF-8. Raises `ComposeError`; also where the result is null, which is what
    an expression gives that found nothing."""
    view = view_of(event.incoming, event.event_id, body)
    try:
        result = evaluate(expression, view, steps=TRANSFORM_STEPS, whole=True)
    except ExpressionError as error:
        raise _failed(str(error)) from None
    if result is None:
        raise _failed("the result is null")
    made = _dumped(result)
    if len(made) > MAX_RESULT_BYTES:
        raise _failed(f"the result has more than {MAX_RESULT_BYTES} bytes")
    return made


def _dumped(value: Any) -> bytes:
    try:
        return json_text.dumps(value)
    except (ValueError, TypeError, RecursionError):  # infinity, an expression as a value, depth
        raise _failed("the result is not JSON") from None


def _failed(detail: str) -> ComposeError:
    return ComposeError(TRANSFORM_FAILED, detail)
