"""Jobs as JSON, the same over HTTP and from the CLI."""

from typing import Any

from doorbell.domain.jobs import Job, Work
from doorbell.domain.previews import PreviewJob
from doorbell.domain.replays import ReplayJob
from doorbell.runtime.admin_api import iso


def job_json(job: Job) -> dict[str, Any]:
    work, selection = job.work, job.work.selection
    return {
        "job_id": work.job_id,
        "tenant_id": selection.tenant_id,
        "kind": kind_of(job),
        "state": job.state.value,
        "by": job.by,
        "asked_at": iso(job.asked_at),
        "subscription_id": selection.subscription_id,
        "since": iso(selection.since),
        "until": iso(selection.until),
        **(_preview_json(work) if isinstance(work, PreviewJob) else _replay_json(work)),
        "reached": iso(_reached(work)),
        "tries": job.tries,
        "problem": job.problem,
        "ended_at": iso(job.ended_at),
        "ended_by": job.ended_by,
    }


def kind_of(job: Job) -> str:
    return "preview" if isinstance(job.work, PreviewJob) else "replay"


def _replay_json(work: ReplayJob) -> dict[str, Any]:
    selection = work.selection
    return {
        "states": [] if selection.would_match else list(selection.states),
        "would_match": selection.would_match,
        "per_second": float(work.per_second),
        "written": work.created,
        "left_out": {reason: int(count) for reason, count in work.skipped.items()},
        "last_slot": iso(work.slot(-1)) if work.position else None,
        "preview": None,
    }


def _preview_json(work: PreviewJob) -> dict[str, Any]:
    rule = work.rule
    preview = {
        "sources": list(rule.sources),
        "event_types": list(rule.event_types),
        "filter": rule.filter,
        "transform": rule.transform,
        "looked_at": int(work.looked),
        "would_match": int(work.matched),
        "did_match": int(work.did_match),
        "failed": int(work.failed),
        "examples": [
            {"event_id": one.event_id, "recorded_at": iso(one.recorded_at), "event_type": one.event_type}
            for one in work.examples
        ],
        "errors": [
            {"event_id": one.event_id, "expression": one.expression, "problem": one.problem}
            for one in work.errors
        ],
    }
    return {
        "states": [],
        "would_match": False,
        "per_second": None,
        "written": 0,
        "left_out": {"body_gone": int(work.bodies_gone)} if work.bodies_gone else {},
        "last_slot": None,
        "preview": preview,
    }


def _reached(work: Work) -> float | None:
    """The time of the last thing it looked at: when a delivery ended, or an event was recorded."""
    if work.finished_at is not None:
        return work.selection.until
    place = work.cursor or {}
    at = place.get("ended_at", place.get("at"))
    return None if at is None else float(at)
