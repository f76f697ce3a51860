"""Messages as SQS hands them to fan-out and to the dispatcher, and what Lambda gives a handler. Standard
library only."""

import base64
import json
from typing import Any

HEADERS = {
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/8f3c1a2",
    "x-github-delivery": "72d3162e-cc78-11f0-9d3a-3f2b1c0d9e8f",
    "x-github-event": "push",
    "x-github-hook-id": "481516234",
    "x-hub-signature-256": "sha256=" + "0" * 64,
}


class Context:
    """Time enough, and what else a handler may ask for."""

    function_name = aws_request_id = invoked_function_arn = function_version = "bench"
    memory_limit_in_mb = 512

    def __init__(self, seconds: int = 60) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return 1000 * self._seconds


def inline(body: str) -> dict[str, Any]:
    """The fields of a body that travels in its message."""
    return {"size": len(body), "body": base64.b64encode(body.encode()).decode()}


def event_record(number: int, tenant_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Event `number`, a verified push; `body` is where its body is."""
    message = {
        "v": 1,
        "ingest_id": f"{number:032x}",
        "event_id": f"evt_{number:032d}",
        "tenant_id": tenant_id,
        "source_id": "github-bench",
        "provider": "github",
        "event_type": "push",
        "window": 604_800,
        "received_at": 1_800_000_000.25,
        "content_type": "application/json",
        "headers": HEADERS,
        **body,
    }
    return _record(number, message)


def delivery_record(number: int, subscription: int = 0) -> dict[str, Any]:
    """The first attempt to deliver event `number`."""
    message = {
        "v": 1,
        "event_id": f"evt_{number:032d}",
        "subscription_id": f"sub_{subscription:02d}",
        "tenant_id": "bench",
        "generation": 0,
        "attempt": 1,
    }
    return _record(number, message)


def _record(number: int, message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": f"{number:036d}",
        "body": json.dumps(message, separators=(",", ":")),
        "attributes": {"ApproximateReceiveCount": "1"},
    }
