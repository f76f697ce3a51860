"""`doorbell jobs`: what the stack works on by itself, how far it is, and calling it off."""

from typing import Annotated

import typer

from doorbell.domain.jobs import JobKey, kind_of
from doorbell.runtime.jobs_json import job_json
from doorbell_cli.ops.beginnings import whole_job_id
from doorbell_cli.ops.job_card import job_card
from doorbell_cli.ops.jobs import job_desk, result_of
from doorbell_cli.ops.refusals import who
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.output import JsonOption, Output, clock
from doorbell_cli.target import StackOption, connected

jobs = typer.Typer(no_args_is_help=True, help="Jobs: what the stack works on by itself.")

JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="As listed, or the beginning of it.")]
TenantOption = Annotated[str, typer.Option(help="Whose job it is.")]
MOST = 500


@jobs.command("list")
def list_jobs(
    tenant: TenantOption = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most this many.")] = 50,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """A tenant's jobs, newest first; kept for a month.

    They are made by `replay`, `subscriptions preview` and `test --background`, and over HTTP. What
    `replay` writes itself, without --background, is listed by `replay --jobs`.
    """
    out = Output(as_json)
    with connected(stack) as target:
        page = job_desk(target).page(tenant, None, limit)
    out.rows(
        ["job", "asked", "kind", "subscription", "state", "result", "by"],
        [
            (
                job.work.job_id,
                clock(job.asked_at),
                kind_of(job.work),
                job.work.selection.subscription_id,
                job.state.value,
                result_of(job),
                job.by,
            )
            for job in page.jobs
        ],
        document=[job_json(job) for job in page.jobs],
        empty=f"No jobs of tenant {tenant} are kept.",
        spare=["by"],
    )
    if page.after is not None:
        out.note(f"There are more than these {limit}. Raise --limit.")


@jobs.command("show")
def show_job(
    job_id: JobArgument,
    tenant: TenantOption = DEFAULT,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """One job: what it does, how far it is, what it left out, and why it failed."""
    out = Output(as_json)
    with connected(stack) as target:
        desk = job_desk(target)
        document = job_json(desk.show(JobKey(tenant, whole_job_id(desk, job_id, tenant))))
    out.fields(job_card(document), document=document)


@jobs.command("cancel")
def cancel_job(
    job_id: JobArgument,
    tenant: TenantOption = DEFAULT,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call a job off: it goes no further.

    What it has written stays, and is sent when its slot comes. To hold that back, pause the subscription.
    A test is not tried again, but for an attempt that is under way.
    Exit 1 if the job has ended otherwise. Your name (ARN) goes on record.
    """
    out = Output(as_json)
    with connected(stack) as target:
        desk = job_desk(target)
        key = JobKey(tenant, whole_job_id(desk, job_id, tenant))
        document = job_json(desk.cancel(key, who(target)))
    out.fields(job_card(document), document=document)
