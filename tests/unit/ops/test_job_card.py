"""`doorbell jobs show` tells people what a job of its kind has, and leaves out what says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell_cli.ops.job_card import job_card

JOB: dict[str, Any] = {
    "job_id": "0123456789", "kind": "replay", "state": "done", "since": "S", "until": "U", "states": [],
    "would_match": False, "per_second": None, "written": 0, "left_out": {}, "reached": "R", "preview": None,
    "test": None, "purge": None, "tries": 0, "problem": "",
}  # fmt: skip
ALWAYS = {"job id": "0123456789", "state": "done"}
LOOKED = {"looked_at": 0, "would_match": 0, "filter": None}
COUNTED = {
    "run": True,
    "found": {"events": 7, "event_types": 2, "bodies": 0},
    "left": {"events": 0},
    "write_units": 31,
    "waiting": 0,
}
SENT = {"event_id": "evt_1", "outcome": "failed", "status": 500, "error": None, "duration_ms": 0}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, {"kind": "replay", "since": "S", "until": "U", "written": 0, "reached": "R"}),
        (
            {"kind": "preview", "preview": LOOKED},
            {
                "kind": "preview",
                "since": "S",
                "until": "U",
                "reached": "R",
                "looked at": 0,
                "would match": 0,
            },
        ),
        (
            {"kind": "test", "test": SENT, "problem": "why", "tries": 2},
            {
                "kind": "test",
                "waits until": "U",
                "event id": "evt_1",
                "outcome": "failed",
                "status": 500,
                "duration ms": 0,
                "problem": "why",
                "tries": 2,
            },
        ),
        (
            {"kind": "purge", "purge": COUNTED, "subscription_id": ""},
            {
                "kind": "purge",
                "run": True,
                "found": "7 events, 2 event types",
                "left": "nothing",
                "write units": 31,
                "waiting": 0,
            },
        ),
    ],
)
def test_a_job_s_card_has_a_line_for_each_thing_that_it_says(
    changes: dict[str, Any], told: dict[str, Any]
) -> None:
    assert job_card(JOB | changes) == ALWAYS | told
