"""The steps of `doorbell replay` for many: count, write, tell."""

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import typer

from doorbell.domain.errors import Refusal
from doorbell.domain.replays import ReplayJob, Selection, next_key
from doorbell.domain.subscriptions import Subscription
from doorbell.runtime.admin_api import iso
from doorbell_cli.ops.bill import replay_cost
from doorbell_cli.ops.opened import Opened
from doorbell_cli.ops.times import span
from doorbell_cli.output import Output, clock, progress

STATES = ("exhausted", "cancelled")


def states_of(given: Sequence[str]) -> tuple[str, ...]:
    unknown = [state for state in given if state not in STATES]
    if unknown:
        raise typer.BadParameter(f"--status must be one of {', '.join(STATES)}, not {unknown[0]!r}")
    return tuple(dict.fromkeys(given)) or STATES


def require_enabled(opened: Opened, tenant: str, subscription_id: str) -> Subscription:
    """Refuses a subscription that is unknown or off: its replays would be cancelled."""
    subscription = opened.subscriptions().get(tenant, subscription_id)
    if subscription is None:
        raise Refusal(404, "unknown_subscription", f"{tenant} has no subscription {subscription_id}")
    if not subscription.enabled:
        raise Refusal(409, "subscription_disabled", f"{subscription_id} is disabled: enable it first")
    return subscription


def new_job(
    opened: Opened,
    tenant: str,
    subscription_id: str,
    since: float,
    until: float,
    states: tuple[str, ...],
    per_second: float | None,
    default_per_second: float,
) -> ReplayJob:
    """Not written yet. Refuses what `require_enabled` refuses."""
    subscription = require_enabled(opened, tenant, subscription_id)
    limit = subscription.rate_limit_per_second
    usual = default_per_second if limit is None else min(default_per_second, limit)
    selection = Selection(tenant, subscription_id, since, until, states)
    return ReplayJob(secrets.token_hex(6), selection, per_second or usual, started_at=time.time())


def preview_job(out: Output, opened: Opened, job_id: str) -> None:
    """What is left of a job that broke off."""
    preview(out, opened, _load(opened, job_id), dry_run=True)


def preview(out: Output, opened: Opened, job: ReplayJob, dry_run: bool) -> int:
    """How many, to whom, how fast, at what cost; on stdout when that is all that is asked for."""
    with progress("Counting what was missed"):
        estimate = opened.replay_many().estimate(job.selection)
    subscription = opened.subscriptions().get(job.selection.tenant_id, job.selection.subscription_id)
    facts = {
        "deliveries": estimate.count,
        "to": f"{job.selection.subscription_id} at {subscription.url if subscription else '-'}",
        "ended between": f"{clock(job.selection.since)} and {clock(job.selection.until)}",
        "per_second": job.per_second,
        "takes": span(estimate.count / job.per_second),
        "cost_usd": round(replay_cost(estimate.count), 6),
        "skipped": dict(estimate.skipped),
    }
    if dry_run:
        out.fields({name.replace("_", " "): value for name, value in facts.items()}, document=facts)
        return 0
    if not out.as_json:
        out.fields({name.replace("_", " "): value for name, value in facts.items()}, document=None)
    return estimate.count


def run_job(out: Output, opened: Opened, job: ReplayJob | str) -> None:
    if isinstance(job, str):
        job = _load(opened, job)
    out.note(f"job {job.job_id}; if this breaks off: doorbell replay --resume {job.job_id}")
    with progress("Writing the replays") as bar:
        for done in opened.replay_many().run(replace(job)):
            bar.step(done.created - job.created)
            job = done
    _say(out, job)


def say_job(out: Output, opened: Opened, job_id: str) -> None:
    """Its progress, and what has become of the deliveries it made."""
    job = _load(opened, job_id)
    rows = list(opened.undelivered().missed(job.selection))
    known = opened.replays().kept([next_key(row) for row in rows])
    _say(out, job, Counter(kept.state for kept in known.values() if kept.job == job_id))


def say_jobs(out: Output, opened: Opened, tenant: str) -> None:
    found = list(opened.replays().jobs(tenant))
    rows = [
        (job.job_id, job.selection.subscription_id, clock(job.selection.until), job.created, _state(job))
        for job in found
    ]
    out.rows(
        ["job", "subscription", "begun", "written", "state"],
        rows,
        document=[_document(job) for job in found],
        empty="no replay jobs",
    )


def _load(opened: Opened, job_id: str) -> ReplayJob:
    job = opened.replays().load(job_id)
    if job is None:
        raise Refusal(404, "unknown_job", f"there is no replay job {job_id}")
    return job


def _state(job: ReplayJob) -> str:
    return "all written" if job.finished_at is not None else "broken off, or another command writes it"


def _say(out: Output, job: ReplayJob, states: Counter[str] | None = None) -> None:
    document = _document(job)
    if states is not None:
        document["states"] = dict(states)
    facts = {**document, "state": _state(job)}
    out.fields({name.replace("_", " "): value for name, value in facts.items()}, document=document)


def _document(job: ReplayJob) -> dict[str, Any]:
    return {
        "job": job.job_id,
        "tenant": job.selection.tenant_id,
        "subscription": job.selection.subscription_id,
        "written": job.created,
        "skipped": dict(job.skipped),
        "per_second": job.per_second,
        "last_slot": iso(job.started_at + max(0, job.position - 1) / job.per_second),
        "all_written_at": iso(job.finished_at),
    }
