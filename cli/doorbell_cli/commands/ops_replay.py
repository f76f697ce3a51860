"""`doorbell replay`: one event again, or everything a subscription missed."""

import time
from typing import Annotated

import typer

from doorbell_cli.ops.opened import Opened
from doorbell_cli.ops.replaying import (
    STATES,
    new_job,
    preview,
    preview_job,
    run_job,
    say_job,
    say_jobs,
    states_of,
)
from doorbell_cli.ops.replaying_one import replay_event
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.ops.times import period
from doorbell_cli.output import Exit, JsonOption, Output, fail
from doorbell_cli.target import StackOption, connected

DEFAULT_PER_SECOND = 10.0


def replay(
    event_id: Annotated[str | None, typer.Argument(help="One event: evt_…")] = None,
    subscription: Annotated[
        str | None, typer.Option(help="To whom. Needed for many; for one event: all that missed it.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="Whose subscription.")] = DEFAULT,
    since: Annotated[str | None, typer.Option(help="Many: what ended since: 7d, 2026-11-23, …")] = None,
    until: Annotated[str, typer.Option(help="Many: what ended up to.")] = "now",
    status: Annotated[
        list[str] | None, typer.Option(help=f"Many: {' or '.join(STATES)}; may be repeated. Without: both.")
    ] = None,
    per_second: Annotated[
        float | None,
        typer.Option("--rate", min=0.01, help="Many: deliveries per second; default 10 or less."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            help="Write nothing. One event: say to whom. Many, --resume: how many, how fast, at what cost."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    resume: Annotated[
        str | None, typer.Option(metavar="JOB", help="Go on with a job that broke off.")
    ] = None,
    job: Annotated[str | None, typer.Option(metavar="JOB", help="How far a job has come.")] = None,
    jobs: Annotated[bool, typer.Option("--jobs", help="The tenant's jobs, newest first.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deliver again: one EVENT, or what --subscription missed --since a time.

    Many become a job: each delivery is written with its own slot, 1/RATE seconds apart, and the sweeper sends
    it when its slot comes. Once they are written nothing has to stay alive; if this command dies before,
    --resume writes the rest, and none twice.
    """
    out = Output(as_json)
    many = event_id is None and subscription is not None and since is not None
    if sum([event_id is not None, many, resume is not None, job is not None, jobs]) != 1:
        fail("name an EVENT, or --subscription and --since, or --resume, --job or --jobs", Exit.USAGE)
    if event_id is not None and (since is not None or status or per_second is not None):
        fail("--since, --status and --rate are for many; an EVENT is replayed as a whole", Exit.USAGE)
    with connected(stack) as target:
        opened = Opened(target)
        if event_id is not None:
            replay_event(out, opened, event_id, subscription, dry_run)
        elif jobs:
            say_jobs(out, opened, tenant)
        elif job is not None:
            say_job(out, opened, job)
        elif resume is not None and dry_run:
            preview_job(out, opened, resume)
        elif resume is not None:
            run_job(out, opened, resume)
        elif subscription is not None and since is not None:
            start, end = period(since, until, time.time())
            states = states_of(status or [])
            made = new_job(opened, tenant, subscription, start, end, states, per_second, DEFAULT_PER_SECOND)
            count = preview(out, opened, made, dry_run)
            if dry_run or count == 0:
                return
            if not yes and not typer.confirm(f"Replay {count} deliveries to {subscription}?", err=True):
                raise typer.Exit(int(Exit.PROBLEM))
            run_job(out, opened, made)
