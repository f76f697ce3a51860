"""Errors as an HTTP caller sees them: problem+json (RFC 9457) with a stable code."""

import json

from doorbell.domain.errors import Refusal
from doorbell.domain.requests import Answer


def problem(refusal: Refusal, retry_after: int | None = None) -> Answer:
    """`retry_after` in seconds."""
    body = {"status": refusal.status, "code": refusal.code, "detail": refusal.detail}
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Answer(refusal.status, json.dumps(body), "application/problem+json", headers)
