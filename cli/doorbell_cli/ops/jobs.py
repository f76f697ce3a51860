"""Jobs that the function `jobs` works off, over a target's tables."""

import re
import time
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import uuid4

from doorbell.domain.errors import ConfigError
from doorbell.domain.events import TYPE_CHARACTERS
from doorbell.domain.jobs import Job
from doorbell.domain.previews import PreviewJob, Rule
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.trial_jobs import TrialJob, job_body
from doorbell.domain.unknown_jobs import UnknownJob
from doorbell.runtime.jobs_json import job_json
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.events.jobs import JobTable
from doorbell.usecases.jobs import JobDesk
from doorbell_cli.configuration import endpoints
from doorbell_cli.ops.job_card import job_card
from doorbell_cli.ops.quiet import Quiet
from doorbell_cli.ops.refusals import who
from doorbell_cli.output import Exit, Output, fail
from doorbell_cli.target import Target
from doorbell_cli.trial import trials


def job_desk(target: Target) -> JobDesk:
    dynamodb = target.client("dynamodb")
    subscriptions = SubscriptionTable(dynamodb, target.table("Subscriptions"), lambda error: None)
    return JobDesk(
        jobs=JobTable(dynamodb, target.table("Events"), time.time),
        subscription=subscriptions.get,
        clock=time.time,
        ids=lambda: uuid4().hex,
        log=Quiet(),
        health=endpoints(target).health,
        let_go=partial(_let_go, target),
    )


def _let_go(target: Target, job: Job) -> None:
    if isinstance(job.work, TrialJob):
        trials(target).let_go(job.work, may_be_made=job.may_be_worked_on)


def ask_for(out: Output, target: Target, planned: ReplayJob) -> None:
    """Have `planned` done by the stack. A stack that has no function for it is refused."""
    target.function_name("jobs")
    job = job_desk(target).replay(planned.selection, planned.per_second, who(target))
    document = job_json(job)
    out.fields(job_card(document), document=document)
    note_job(out, job)


def ask_for_preview(
    out: Output, target: Target, subscription: Subscription, since: float, until: float
) -> dict[str, Any]:
    """Have the stack try a subscription as it would be. One that has no function for it is refused."""
    target.function_name("jobs")
    selection = Selection(subscription.tenant_id, subscription.subscription_id, since, until, ())
    rule = asdict(Rule.of(subscription, {}))
    job = job_desk(target).preview(selection, rule, who(target))
    note_job(out, job)
    return job_json(job)


def ask_for_test(
    out: Output, target: Target, subscription: Subscription, event_type: str, data: Any, wait: float
) -> None:
    """Have the stack send a test event. One that has no function for it is refused."""
    target.function_name("jobs")
    if re.fullmatch(f"[{TYPE_CHARACTERS}]{{1,128}}", event_type) is None:
        fail("--type has letters, digits and _ . : / - only, 1 to 128 of them.", Exit.USAGE)
    try:
        now, body = time.time(), job_body(data)
    except ConfigError as error:
        fail(f"--{error.field} {error.problem}.", Exit.USAGE)
    selection = Selection(subscription.tenant_id, subscription.subscription_id, now, now + wait, ())
    job = job_desk(target).trial(selection, event_type, body, who(target))
    document = job_json(job)
    out.fields(job_card(document), document=document)
    note_job(out, job)


def note_job(out: Output, job: Job) -> None:
    out.note(
        f"It begins within a minute. Look: doorbell jobs show {job.work.job_id} --tenant {job.key.tenant_id}"
    )


def result_of(job: Job) -> str:
    """So far."""
    work = job.work
    if isinstance(work, PreviewJob):
        return f"{work.matched:,} of {work.looked:,} match"
    if isinstance(work, TrialJob):
        return _result_of_test(work, job.ended_at is not None)
    if isinstance(work, UnknownJob):
        return "not this release's"
    if isinstance(work, PurgeJob):
        return _result_of_purge(work)
    left_out = sum(work.skipped.values())
    return f"{work.created:,} written" + (f", {left_out:,} left out" if left_out else "")


def _result_of_purge(work: PurgeJob) -> str:
    found = sum(work.found.values())
    if not work.removes:
        return f"{found:,} found"
    left = 0 if work.left is None else sum(work.left.values())
    return f"{found:,} removed" + (f", {left:,} left" if left else "")


def _result_of_test(work: TrialJob, is_over: bool) -> str:
    if work.outcome is None:
        said = "no outcome" if is_over else "waits for its outcome"
    else:
        said = work.outcome.value.replace("_", " ")
    attempt = work.attempt
    answer = "" if attempt is None else attempt.error or str(attempt.status or "")
    why = answer or work.reason
    return f"{said} ({why})" if why else said
