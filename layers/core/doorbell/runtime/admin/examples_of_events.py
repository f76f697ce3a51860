"""Examples of what the API answers of events and deliveries, by operation."""

from collections.abc import Mapping
from typing import Any

PATH: Mapping[str, str] = {
    "source_id": "github-main",
    "tenant_id": "acme",
    "subscription_id": "billing",
    "event_id": "evt_4f7c21a09be34d1c8d3f0a6b5c9e7d12",
    "event_type": "order.paid",
    "refused_id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "job_id": "5f0c9d2b7a6e4d13a8b1c2d3e4f50617",
}
AT, LATER = "2026-11-23T08:14:02.000Z", "2026-11-23T08:14:07.120Z"
_ATTEMPT = {
    "number": 1,
    "at": AT,
    "duration_ms": 120,
    "status": 500,
    "error": None,
    "detail": "",
    "response": "try later",
}
_DELIVERY = {
    "subscription_id": PATH["subscription_id"],
    "generation": 0,
    "state": "pending",
    "reason": None,
    "created_at": AT,
    "next_attempt_at": LATER,
    "ended_at": None,
    "attempts": [_ATTEMPT],
}
_REPLAYED = {**_DELIVERY, "generation": 1, "attempts": []}
_MATCH = {"reason": "matched", "detail": ""}
_STORY = {
    "event_id": PATH["event_id"],
    "tenant_id": PATH["tenant_id"],
    "source_id": "publish",
    "provider": "publish",
    "event_type": PATH["event_type"],
    "event_types": [PATH["event_type"]],
    "element": None,
    "fetched": None,
    "received_at": AT,
    "expires_at": "2026-12-23T08:14:02.000Z",
    "body": {"size": 12, "content_type": "application/json"},
    "routing": [{"subscription_id": PATH["subscription_id"], **_MATCH}],
    "near_misses": {"filter": 0, "filter_error": 0},
    "deliveries": [_DELIVERY],
    "next_cursor": None,
}
_ROW = {
    "event_id": PATH["event_id"],
    "created_at": AT,
    "event_type": PATH["event_type"],
    "source_id": "publish",
}
_MISSED = {
    "event_id": PATH["event_id"],
    "generation": 0,
    "state": "exhausted",
    "reason": "schedule",
    "ended_at": LATER,
}
_ENDED = {
    "event_id": PATH["event_id"],
    "subscription_id": PATH["subscription_id"],
    "generation": 0,
    "state": "delivered",
    "reason": None,
    "ended_at": LATER,
    "attempts_made": 1,
    "status": 204,
    "error": None,
    "event_type": PATH["event_type"],
    "told": True,
}
_HISTORY = {
    "deliveries": [_ENDED],
    "looked_at": 1,
    "untold": 0,
    "delivered_are_kept": True,
    "next_cursor": None,
}
_PENDING = {
    "event_id": PATH["event_id"],
    "generation": 0,
    "attempts_made": 1,
    "looked_at_again": LATER,
}
_DETAILS = {
    "generation": 0,
    "number": 1,
    "at": AT,
    "address": "192.0.2.80",
    "kept_connection": False,
    "signed_by": ["ssm:/doorbell/billing"],
    "request_headers": [{"name": "webhook-id", "value": PATH["event_id"]}],
    "answer_headers": [{"name": "retry-after", "value": "120"}],
    "headers_cut": False,
    "dns_ms": 3,
    "connect_ms": 11,
    "tls_ms": 24,
    "first_byte_ms": 80,
    "total_ms": 120,
    "kept_until": "2026-11-30T08:14:02.000Z",
}
_FOUND = {
    "what": "event",
    "path": f"/admin/events/{PATH['event_id']}",
    "key": {"event_id": PATH["event_id"]},
    "source_id": "github-main",
    "element": False,
}
_BODY = {
    "event_id": PATH["event_id"],
    "content_type": "application/json",
    "size": 12,
    "headers": {"content-type": "application/json"},
    "body": '{"order":17}',
    "body_base64": None,
    "link": None,
}
_WHY = {
    "event_id": PATH["event_id"],
    "subscription_id": PATH["subscription_id"],
    "routed": True,
    "recorded": _MATCH,
    "now": _MATCH,
    "exists": True,
    "problem": None,
    "changed_since": False,
    "written_at": AT,
}

OF_EVENTS: Mapping[str, Any] = {
    "list_undelivered": {"missed": [_MISSED], "next_cursor": None},
    **dict.fromkeys(("list_ended", "list_ended_of_tenant"), _HISTORY),
    "list_pending": {"deliveries": [_PENDING], "count": 1, "looked_at": 1, "complete": True},
    "find_id": {"found": [_FOUND], "sources": ["github-main", "publish"], "more_sources": False},
    "list_events": {"events": [_ROW], "looked_at": 1, "unread": 0, "next_cursor": None},
    "show_event": _STORY,
    "show_event_body": _BODY,
    "show_deliveries": {"deliveries": [_DELIVERY]},
    "show_attempts": {"attempts": [_DETAILS]},
    "show_why": _WHY,
    "replay_delivery": _REPLAYED,
}
