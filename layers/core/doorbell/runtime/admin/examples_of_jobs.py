"""Examples of jobs, as they are asked for and answered."""

from collections.abc import Mapping
from typing import Any

from doorbell.runtime.admin.examples_of_events import AT, LATER, PATH

ASKED: Mapping[str, Any] = {"kind": "replay", "subscription_id": PATH["subscription_id"], "since": AT}
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
    "tries": 0,
    "problem": "",
    "ended_at": None,
    "ended_by": "",
}

OF_JOBS: Mapping[str, Any] = {
    "make_job": {**_JOB, "state": "queued", "written": 0, "left_out": {}, "reached": None, "last_slot": None},
    "list_jobs": {"jobs": [_JOB], "next_cursor": None},
    "show_job": _JOB,
    "cancel_job": {**_JOB, "state": "cancelled", "ended_at": LATER, "ended_by": _JOB["by"]},
}
