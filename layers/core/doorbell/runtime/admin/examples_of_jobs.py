"""Examples of jobs, as they are asked for and answered."""

from collections.abc import Mapping
from typing import Any

from doorbell.runtime.admin.examples_of_events import AT, LATER, PATH

ASKED: Mapping[str, Any] = {"kind": "replay", "subscription_id": PATH["subscription_id"], "since": AT}
TRIED: Mapping[str, Any] = {**ASKED, "kind": "preview", "filter": "body.total > `100`"}
"""As the schema shows it, beside a replay."""
RUNG: Mapping[str, Any] = {"kind": "test", "subscription_id": PATH["subscription_id"]}
PURGED: Mapping[str, Any] = {"kind": "purge", "confirm": PATH["tenant_id"]}
_JOB = {
    "job_id": PATH["job_id"],
    "tenant_id": PATH["tenant_id"],
    "kind": "replay",
    "state": "running",
    "by": "arn:aws:iam::123456789012:user/ana",
    "asked_at": LATER,
    "subscription_id": PATH["subscription_id"],
    "since": AT,
    "until": LATER,
    "states": ["exhausted", "cancelled"],
    "would_match": False,
    "per_second": 10.0,
    "written": 200,
    "left_out": {"replayed_already": 3},
    "reached": LATER,
    "last_slot": "2026-11-23T08:14:27.020Z",
    "preview": None,
    "test": None,
    "purge": None,
    "tries": 0,
    "problem": "",
    "ended_at": None,
    "ended_by": "",
}
_PREVIEW = {
    **_JOB,
    "kind": "preview",
    "state": "done",
    "states": [],
    "per_second": None,
    "written": 0,
    "left_out": {},
    "last_slot": None,
    "preview": {
        "sources": [],
        "event_types": ["order.*"],
        "filter": "body.total > `100`",
        "transform": None,
        "looked_at": 1840,
        "would_match": 212,
        "did_match": 1840,
        "failed": 0,
        "examples": [{"event_id": PATH["event_id"], "recorded_at": AT, "event_type": "order.paid"}],
        "errors": [],
    },
    "ended_at": LATER,
}

_TEST = {
    **_JOB,
    "kind": "test",
    "state": "done",
    "since": LATER,
    "states": [],
    "per_second": None,
    "written": 1,
    "left_out": {},
    "last_slot": None,
    "test": {
        "event_id": PATH["event_id"],
        "event_type": "doorbell.test",
        "made_at": LATER,
        "outcome": "failed",
        "status": 404,
        "error": None,
        "detail": "",
        "response": "not found",
        "duration_ms": 41,
        "reason": "",
        "advice": "There is nothing at this URL.",
        "verified": None,
    },
    "ended_at": LATER,
}

OF_JOBS: Mapping[str, Any] = {
    "make_job": {**_JOB, "state": "queued", "written": 0, "left_out": {}, "reached": None, "last_slot": None},
    "list_jobs": {"jobs": [_TEST, _PREVIEW, _JOB], "next_cursor": None},
    "show_job": _JOB,
    "cancel_job": {**_JOB, "state": "cancelled", "ended_at": LATER, "ended_by": _JOB["by"]},
}
