"""Jobs as JSON, the same over HTTP and from the CLI."""

from typing import Any

from doorbell.domain.jobs import Job
from doorbell.domain.replays import ReplayJob
from doorbell.runtime.admin_api import iso


def job_json(job: Job) -> dict[str, Any]:
    work, selection = job.work, job.work.selection
    return {
        "job_id": work.job_id,
        "tenant_id": selection.tenant_id,
        "kind": "replay",
        "state": job.state.value,
        "by": job.by,
        "asked_at": iso(job.asked_at),
        "subscription_id": selection.subscription_id,
        "since": iso(selection.since),
        "until": iso(selection.until),
        "states": [] if selection.would_match else list(selection.states),
        "would_match": selection.would_match,
        "per_second": float(work.per_second),
        "written": work.created,
        "left_out": {reason: int(count) for reason, count in work.skipped.items()},
        "reached": iso(_reached(work)),
        "last_slot": iso(work.slot(-1)) if work.position else None,
        "tries": job.tries,
        "problem": job.problem,
        "ended_at": iso(job.ended_at),
        "ended_by": job.ended_by,
    }


def _reached(work: ReplayJob) -> float | None:
    """The time of the last thing it looked at: when a delivery ended, or an event was recorded."""
    if work.finished_at is not None:
        return work.selection.until
    place = work.cursor or {}
    at = place.get("ended_at", place.get("at"))
    return None if at is None else float(at)
