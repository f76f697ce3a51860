"""Jobs as JSON, the same over HTTP and from the CLI."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.jobs import Job, Work, kind_of
from doorbell.domain.previews import PreviewJob
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import ReplayJob
from doorbell.domain.trial_jobs import TrialJob
from doorbell.domain.trials import advice, says_verified
from doorbell.domain.unknown_jobs import UnknownJob
from doorbell.runtime.admin_api import iso


def job_json(job: Job) -> dict[str, Any]:
    work, selection = job.work, job.work.selection
    return {
        "job_id": work.job_id,
        "tenant_id": selection.tenant_id,
        "kind": kind_of(work),
        "state": job.state.value,
        "by": job.by,
        "asked_at": iso(job.asked_at),
        "subscription_id": selection.subscription_id,
        "since": iso(selection.since),
        "until": iso(selection.until),
        **_work_json(work),
        "reached": iso(_reached(work)),
        "tries": job.tries,
        "problem": job.problem,
        "ended_at": iso(job.ended_at),
        "ended_by": job.ended_by,
    }


NOTHING: Mapping[str, Any] = {
    "states": [],
    "would_match": False,
    "per_second": None,
    "written": 0,
    "left_out": {},
    "last_slot": None,
    "preview": None,
    "test": None,
    "purge": None,
}
"""What every job has, whatever it does."""


def _work_json(work: Work) -> dict[str, Any]:
    match work:
        case PreviewJob():
            return {**NOTHING, **_preview_json(work)}
        case TrialJob():
            return {**NOTHING, **_trial_json(work)}
        case PurgeJob():
            return {**NOTHING, "purge": _purge_json(work)}
        case UnknownJob():
            return {**NOTHING}
    return {**NOTHING, **_replay_json(work)}


def _replay_json(work: ReplayJob) -> dict[str, Any]:
    selection = work.selection
    return {
        "states": [] if selection.would_match else list(selection.states),
        "would_match": selection.would_match,
        "per_second": float(work.per_second),
        "written": work.created,
        "left_out": {reason: int(count) for reason, count in work.skipped.items()},
        "last_slot": iso(work.slot(-1)) if work.position else None,
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
        "left_out": {"body_gone": int(work.bodies_gone)} if work.bodies_gone else {},
        "preview": preview,
    }


def _trial_json(work: TrialJob) -> dict[str, Any]:
    attempt = work.attempt
    test = {
        "event_id": work.key.event_id,
        "event_type": work.event_type,
        "made_at": iso(work.made_at),
        "outcome": None if work.outcome is None else work.outcome.value,
        "status": attempt and attempt.status,
        "error": attempt and attempt.error,
        "detail": attempt.detail if attempt else "",
        "response": attempt.response if attempt else "",
        "duration_ms": attempt and attempt.duration_ms,
        "reason": work.reason,
        "advice": advice(attempt) if attempt else "",
        "verified": says_verified(attempt, work.key.event_id) if attempt else None,
    }
    return {"written": 0 if work.made_at is None else 1, "test": test}


def _purge_json(work: PurgeJob) -> dict[str, Any]:
    return {
        "run": work.removes,
        "found": {kind: int(count) for kind, count in work.found.items()},
        "left": None if work.left is None else {kind: int(count) for kind, count in work.left.items()},
        "write_units": int(work.write_units),
        "waiting": work.waiting,
    }


def _reached(work: Work) -> float | None:
    """The time of the last thing it looked at: when a delivery ended, or an event was recorded."""
    if isinstance(work, TrialJob | PurgeJob):
        return work.finished_at
    if work.finished_at is not None:
        return work.selection.until
    place = work.cursor or {}
    at = place.get("ended_at", place.get("at"))
    return None if at is None else float(at)
