"""An example of each thing the API takes and gives. They go into the OpenAPI document, and a test holds each
against its schema."""

from collections.abc import Mapping
from typing import Any

from doorbell.runtime.admin.examples_of_events import AT, LATER, OF_EVENTS, PATH
from doorbell.runtime.admin.examples_of_jobs import ASKED, OF_JOBS

_SOURCE = {"source_id": PATH["source_id"], "provider": "github", "secrets": ["ssm:/doorbell/github-main"]}
_KEY = {"tenant_id": PATH["tenant_id"], "subscription_id": PATH["subscription_id"]}
_SUBSCRIPTION = {
    "url": "https://billing.example.com/hooks",
    "event_types": ["order.*"],
    "secrets": ["ssm:/doorbell/billing"],
}
_SCHEMA = {"type": "object", "required": ["order"]}
_SHOWN_SOURCE = {"key": {"source_id": PATH["source_id"]}, "enabled": True, "item": _SOURCE, "problems": []}
_SHOWN = {"key": _KEY, "enabled": True, "item": {**_KEY, **_SUBSCRIPTION}, "problems": []}
_OFF = {"enabled": False, "disabled_reason": "moved", "disabled_at": 1795421642}
_PAUSED = {"paused": True, "paused_at": 1795421642}
_SUBSCRIPTION_SHOWN_BY = (
    "show_subscription",
    "put_subscription",
    "enable_subscription",
    "resume_subscription",
)
_EVENT_TYPE = {
    "tenant_id": PATH["tenant_id"],
    "event_type": PATH["event_type"],
    "description": "an order was paid",
    "json_schema": _SCHEMA,
    "problem": None,
}
_ACCEPTED = {"by": "arn:aws:iam::123456789012:user/ana", "at": LATER, "event_ids": [PATH["event_id"]]}
_REFUSED = {
    "refused_id": PATH["refused_id"],
    "at": AT,
    "status": 401,
    "code": "signature_mismatch",
    "method": "POST",
    "url": "https://hooks.example.com/in/github-main",
    "source_ip": "192.0.2.7",
    "size": 17,
    "cut": False,
    "masked": ["header x-hub-signature-256"],
    "accepted": None,
}
_COUNTS = {
    "at": AT,
    "delivered": 118,
    "failed": {"5xx": 4, "timeout": 1},
    "exhausted": 0,
    "cancelled": 0,
    "held": {"parked": 12},
    "ingest_to_delivery_ms": {"p50": 181, "p95": 1024, "p99": 46341},
    "answer_ms": {"p50": 64, "p95": 724, "p99": 1448},
}
_HEALTH = {"circuit": "open", "failures": 7, "failing_since": AT, "parked_until": LATER, "parks": 1}
_HEALTHY = {"circuit": "closed", "failures": 0, "failing_since": None, "parked_until": None, "parks": 0}

REQUESTS: Mapping[str, Any] = {
    "put_source": {"provider": "github", "secrets": ["ssm:/doorbell/github-main"]},
    "put_subscription": _SUBSCRIPTION,
    "put_event_type": {"json_schema": _SCHEMA, "description": "an order was paid"},
    "disable_source": {"reason": "moved"},
    "disable_subscription": {"reason": "moved"},
    "make_job": ASKED,
}
"""By operation."""
ANSWERS: Mapping[str, Any] = {
    "list_sources": {"items": [_SHOWN_SOURCE], "next_cursor": None},
    **dict.fromkeys(("show_source", "put_source", "enable_source"), _SHOWN_SOURCE),
    "disable_source": {**_SHOWN_SOURCE, "enabled": False, "item": {**_SOURCE, **_OFF}},
    "list_refused": {"refused": [_REFUSED], "next_cursor": None},
    "show_refused": {
        **_REFUSED,
        "headers": {"content-type": "application/json"},
        "body": '{"action":"push"}',
        "body_base64": None,
        "fits_now": False,
        "words": ["No secret of the source makes this signature."],
        "not_acceptable": "",
    },
    "accept_refused": _ACCEPTED,
    "show_source_stats": {
        "stats": [{"at": AT, "accepted": 120, "duplicates": 2, "refused": {"signature_mismatch": 3}}],
        "next_cursor": None,
    },
    "show_subscription_stats": {"stats": [_COUNTS], "next_cursor": None},
    "resume_source": _SHOWN_SOURCE,
    "pause_source": {**_SHOWN_SOURCE, "item": {**_SOURCE, **_PAUSED}},
    "list_subscriptions": {"items": [_SHOWN], "next_cursor": None},
    **dict.fromkeys(_SUBSCRIPTION_SHOWN_BY, _SHOWN),
    "disable_subscription": {**_SHOWN, "enabled": False, "item": {**_KEY, **_SUBSCRIPTION, **_OFF}},
    "pause_subscription": {**_SHOWN, "item": {**_KEY, **_SUBSCRIPTION, **_PAUSED}},
    "show_public_keys": {"public_keys": ["whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]},
    "show_health": _HEALTH,
    "reset_health": _HEALTHY,
    "list_event_types": {"event_types": [_EVENT_TYPE], "next_cursor": None},
    **dict.fromkeys(("show_event_type", "put_event_type"), _EVENT_TYPE),
    **OF_EVENTS,
    **OF_JOBS,
}
PROBLEM: Mapping[str, Any] = {
    "type": "about:blank",
    "status": 422,
    "code": "invalid",
    "detail": "unknown field; did you mean url?",
    "field": "uri",
    "problems": [{"field": "uri", "problem": "unknown field; did you mean url?"}],
}


def add_to(operation: dict[str, Any]) -> None:
    """Puts into an operation of the document its examples."""
    name = operation["operationId"]
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["example"] = PATH[parameter["name"]]
    if name in REQUESTS:
        operation["requestBody"]["content"]["application/json"]["example"] = REQUESTS[name]
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if name in ANSWERS and status.startswith("2"):
            content["application/json"]["example"] = ANSWERS[name]
        elif status == "422":
            content["application/problem+json"]["example"] = PROBLEM
