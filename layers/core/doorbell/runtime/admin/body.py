"""The request before it is routed: who asks, and a body that is JSON or not there."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.errors import Refusal
from doorbell.runtime.http import principal_of, request_from


def checked(event: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The IAM principal and the event with its body as text. Refuses (403) a request without an identity
    and (400) a body that is not JSON."""
    principal = principal_of(event)
    raw = request_from(event).body
    if not raw:
        return principal, {**event, "body": None, "isBase64Encoded": False}
    try:
        text = raw.decode()
        json_text.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "not_json", "the body is not JSON") from error
    return principal, {**event, "body": text, "isBase64Encoded": False}
