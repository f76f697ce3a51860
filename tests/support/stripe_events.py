"""Stripe's side of one webhook endpoint: the account's events, and its list of them.
https://docs.stripe.com/api/events/list"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "rk_test_of_the_tests"
ENDPOINT = "we_1MgtdoLkdIwHu7ix"
type Reply = tuple[int, dict[str, str], bytes]


@dataclass
class StripeAccount:
    url: str
    clock: Callable[[], float]
    types: list[str] = field(default_factory=lambda: ["invoice.paid", "charge.failed"])
    events: list[dict[str, Any]] = field(default_factory=list)
    instead: Callable[[str], Reply | None] = lambda call: None
    calls: list[str] = field(default_factory=list)

    def happen(self, kind: str = "invoice.paid", **more: Any) -> dict[str, Any]:
        number = len(self.events) + 1
        event = {
            "id": f"evt_{number:014d}",
            "object": "event",
            "api_version": "2026-10-28.dahlia",
            "created": int(self.clock()),
            "data": {"object": {"id": f"in_{number}", "object": "invoice", "amount_due": 1099}},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
            **more,
        }
        self.events.append(event)
        return event

    def handle(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        self.calls.append(f"{method} {target}")
        other = self.instead(self.calls[-1])
        if other is not None:
            return other
        if headers.get("authorization") != f"Bearer {KEY}":
            return _json(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key"}})
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if (method, parts.path) == ("GET", f"/v1/webhook_endpoints/{ENDPOINT}"):
            return _json(200, self._endpoint())
        if (method, parts.path) == ("GET", "/v1/events"):
            return self._list(query)
        return _json(404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}})

    def _endpoint(self) -> dict[str, Any]:
        return {
            "id": ENDPOINT,
            "object": "webhook_endpoint",
            "created": 1_680_000_000,
            "api_version": None,
            "enabled_events": self.types,
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": self.url,
        }

    def _list(self, query: dict[str, str]) -> Reply:
        since = int(query.get("created[gte]", "0"))
        found = [event for event in reversed(self.events) if event["created"] >= since]
        after = query.get("starting_after")
        names = [event["id"] for event in found]
        if after is not None:
            if after not in names:
                return _json(400, {"error": {"type": "invalid_request_error", "param": "starting_after"}})
            found = found[names.index(after) + 1 :]
        size = int(query.get("limit", "10"))
        page = {"object": "list", "url": "/v1/events", "has_more": len(found) > size, "data": found[:size]}
        return _json(200, page)


def _json(status: int, value: object) -> Reply:
    return status, {"content-type": "application/json"}, json.dumps(value, indent=2).encode()
