"""The steps of `doorbell replay` for many: count, write, tell."""

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import typer

from doorbell.domain.errors import Refusal
from doorbell.domain.replays import UNMATCHED, ReplayJob, Selection, next_key
from doorbell.domain.subscriptions import Subscription
from doorbell.runtime.admin_api import iso
from doorbell.usecases.left_out import LeftOut
from doorbell_cli.ops.left_out import left_out_json, note_left_out
from doorbell_cli.ops.own_events import ring_replay_done
from doorbell_cli.ops.replay_plans import plan_of
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.output import Output, clock, progress

STATES = ("exhausted", "cancelled")


def states_of(given: Sequence[str], would_match: bool = False) -> tuple[str, ...]:
    if would_match:
        return (UNMATCHED,)
    unknown = [state for state in given if state not in STATES]
    if unknown:
        raise typer.BadParameter(f"--status must be one of {', '.join(STATES)}, not {unknown[0]!r}")
    return tuple(dict.fromkeys(given)) or STATES


def require_enabled(replayer: Replayer, tenant: str, subscription_id: str) -> Subscription:
    """Refuses a subscription that is unknown or off: its replays would be cancelled."""
    subscription = replayer.subscriptions().get(tenant, subscription_id)
    if subscription is None:
        raise Refusal(404, "unknown_subscription", f"Tenant {tenant} has no subscription {subscription_id}.")
    if not subscription.enabled:
        raise Refusal(409, "subscription_disabled", f"{subscription_id} is disabled. Enable it first.")
    return subscription


def new_job(
    replayer: Replayer,
    tenant: str,
    subscription_id: str,
    since: float,
    until: float,
    states: tuple[str, ...],
    per_second: float | None,
    default_per_second: float,
) -> ReplayJob:
    """Not written yet. Refuses what `require_enabled` refuses."""
    subscription = require_enabled(replayer, tenant, subscription_id)
    limit = subscription.rate_limit_per_second
    usual = default_per_second if limit is None else min(default_per_second, limit)
    selection = Selection(tenant, subscription_id, since, until, states)
    return ReplayJob(secrets.token_hex(6), selection, per_second or usual, started_at=time.time())


def preview_job(out: Output, replayer: Replayer, job_id: str) -> None:
    """What is left of a job that broke off."""
    preview(out, replayer, _load(replayer, job_id), dry_run=True)


def preview(out: Output, replayer: Replayer, job: ReplayJob, dry_run: bool) -> int:
    """How many, to whom, how fast, at what cost, and what is left out; on stdout when that is all that is
    asked for."""
    with progress("Counting what was missed"):
        plan = plan_of(replayer, job)
    facts = {**plan.facts, "left_out": left_out_json(plan.left_out), "examples": list(plan.examples)}
    note_left_out(out, plan.left_out)
    if dry_run:
        out.fields({name.replace("_", " "): value for name, value in facts.items()}, document=facts)
        return 0
    if not out.as_json:
        out.fields({name.replace("_", " "): value for name, value in facts.items()}, document=None)
    return plan.count


def run_job(out: Output, replayer: Replayer, job: ReplayJob | str) -> None:
    if isinstance(job, str):
        job = _load(replayer, job)
    left_out = replayer.left_out(job.selection)
    out.note(f"Job {job.job_id}. If it is interrupted, go on with: doorbell replay --resume {job.job_id}")
    with progress("Writing the replays") as bar:
        for done in replayer.many(job.selection).run(replace(job)):
            bar.step(done.created - job.created)
            job = done
    ring_replay_done(out, replayer.target, job)
    _say(out, job, left_out=left_out)
    note_left_out(out, left_out)


def say_job(out: Output, replayer: Replayer, job_id: str) -> None:
    """Its progress, and what has become of the deliveries it made."""
    job = _load(replayer, job_id)
    if job.selection.would_match:  # what it has replayed is on no list of what was missed
        _say(out, job)
        return
    rows = list(replayer.undelivered().missed(job.selection))
    known = replayer.jobs().kept([next_key(row) for row in rows])
    _say(out, job, Counter(kept.state for kept in known.values() if kept.job == job_id))


def say_jobs(out: Output, replayer: Replayer, tenant: str) -> None:
    found = list(replayer.jobs().jobs(tenant))
    rows = [
        (job.job_id, job.selection.subscription_id, clock(job.selection.until), job.created, _state(job))
        for job in found
    ]
    out.rows(
        ["job", "subscription", "begun", "written", "state"],
        rows,
        document=[_document(job) for job in found],
        empty="No replay jobs.",
    )


def _load(replayer: Replayer, job_id: str) -> ReplayJob:
    job = replayer.jobs().load(job_id)
    if job is None:
        raise Refusal(404, "unknown_job", f"There is no replay job {job_id}.")
    return job


def _state(job: ReplayJob) -> str:
    return (
        "all written" if job.finished_at is not None else "interrupted, or being written by another command"
    )


def _say(
    out: Output, job: ReplayJob, states: Counter[str] | None = None, left_out: LeftOut | None = None
) -> None:
    document = _document(job)
    if left_out is not None:
        document["left_out"] = left_out_json(left_out)
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
