"""Jobs that the function `jobs` works off, over a target's tables."""

import time
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from doorbell.domain.jobs import Job
from doorbell.domain.previews import PreviewJob, Rule
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.domain.subscriptions import Subscription
from doorbell.runtime.jobs_json import job_json
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.events.jobs import JobTable
from doorbell.usecases.jobs import JobDesk
from doorbell_cli.ops.quiet import Quiet
from doorbell_cli.ops.refusals import who
from doorbell_cli.output import Output
from doorbell_cli.target import Target


def job_desk(target: Target) -> JobDesk:
    dynamodb = target.client("dynamodb")
    subscriptions = SubscriptionTable(dynamodb, target.table("Subscriptions"), lambda error: None)
    return JobDesk(
        jobs=JobTable(dynamodb, target.table("Events"), time.time),
        subscription=subscriptions.get,
        clock=time.time,
        ids=lambda: uuid4().hex,
        log=Quiet(),
    )


def ask_for(out: Output, target: Target, planned: ReplayJob) -> None:
    """Have `planned` done by the stack. A stack that has no function for it is refused."""
    target.function_name("jobs")
    job = job_desk(target).replay(planned.selection, planned.per_second, who(target))
    document = job_json(job)
    out.fields({name.replace("_", " "): value for name, value in document.items()}, document=document)
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


def note_job(out: Output, job: Job) -> None:
    out.note(
        f"It begins within a minute. Look: doorbell jobs show {job.work.job_id} --tenant {job.key.tenant_id}"
    )


def result_of(job: Job) -> str:
    """So far."""
    work = job.work
    if isinstance(work, PreviewJob):
        return f"{work.matched:,} of {work.looked:,} match"
    left_out = sum(work.skipped.values())
    return f"{work.created:,} written" + (f", {left_out:,} left out" if left_out else "")
