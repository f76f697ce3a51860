"""`doorbell replay`: one event again, or everything a subscription missed."""

import time
from typing import Annotated

import typer

from doorbell.domain.replays import MOST_PER_SECOND
from doorbell_cli.commands.typed import refuse_typed
from doorbell_cli.ops.beginnings import whole_replay_id
from doorbell_cli.ops.event_ids import whole_event_id
from doorbell_cli.ops.jobs import ask_for
from doorbell_cli.ops.replayer import Replayer
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
OF_MANY = ("since", "until", "status", "per_second", "would_match")


def replay(
    context: typer.Context,
    event_id: Annotated[str | None, typer.Argument(help="One event: evt_…, or the beginning of it.")] = None,
    subscription: Annotated[
        str | None,
        typer.Option(
            help="The receiver. Needed for many deliveries. For one event, the default is all that missed it."
        ),
    ] = None,
    tenant: Annotated[str, typer.Option(help="The tenant of the subscription.")] = DEFAULT,
    since: Annotated[
        str | None, typer.Option(help="Many: deliveries that ended since: 7d, 2026-11-23, …")
    ] = None,
    until: Annotated[str, typer.Option(help="Many: deliveries that ended before.")] = "now",
    status: Annotated[
        list[str] | None, typer.Option(help=f"Many: {' or '.join(STATES)}; can be repeated. Without: both.")
    ] = None,
    per_second: Annotated[
        float | None,
        typer.Option(
            "--rate", min=0.01, max=MOST_PER_SECOND, help="Many: deliveries per second; default 10 or less."
        ),
    ] = None,
    would_match: Annotated[
        bool,
        typer.Option(
            "--would-match",
            help="Many: instead, events recorded since that it did not get, and would want as it is now.",
        ),
    ] = False,
    background: Annotated[
        bool,
        typer.Option("--background", help="Many: let the stack write them, and do not wait for it."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            help="Write nothing. One event: say to whom. Many, --resume: how many, how fast, at what cost."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    resume: Annotated[
        str | None,
        typer.Option(metavar="JOB", help="Continue a job that was interrupted."),
    ] = None,
    job: Annotated[str | None, typer.Option(metavar="JOB", help="The progress of a job.")] = None,
    jobs: Annotated[bool, typer.Option("--jobs", help="The tenant's jobs, newest first.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deliver again: one EVENT, or what --subscription missed --since a time.

    With --would-match: what it did not get as it was off, had another filter, or was not there yet.

    Many become a job: each delivery is written with its own slot, 1/RATE seconds apart, and the sweeper sends
    it when its slot comes. Once they are written nothing has to stay alive; if this command dies before,
    --resume writes the rest, and none twice. With --background the stack writes them too: `doorbell jobs`
    shows how far it is. A JOB is its id, or the beginning of it.
    """
    out = Output(as_json)
    many = event_id is None and subscription is not None and since is not None
    if sum([event_id is not None, many, resume is not None, job is not None, jobs]) != 1:
        fail("Name an EVENT, or --subscription and --since, or --resume, --job or --jobs.", Exit.USAGE)
    if event_id is not None:
        refuse_typed(context, OF_MANY, "It is for many deliveries. An EVENT is replayed as a whole.")
    elif not many:
        refuse_typed(context, ("subscription", *OF_MANY), "Leave it out: the job has it.")
    if jobs or job is not None:
        refuse_typed(context, ["dry_run", "yes"], "Leave it out: this only shows.")
    if would_match and (status or not many):
        fail("--would-match goes with --subscription and --since, and without --status.", Exit.USAGE)
    if background and not many:
        fail("--background goes with --subscription and --since.", Exit.USAGE)
    with connected(stack) as target:
        replayer = Replayer(target)
        if event_id is not None:
            replay_event(out, replayer, whole_event_id(target, event_id, tenant), subscription, dry_run)
        elif jobs:
            say_jobs(out, replayer, tenant)
        elif job is not None:
            say_job(out, replayer, whole_replay_id(replayer, job, tenant))
        elif resume is not None:
            go_on = preview_job if dry_run else run_job
            go_on(out, replayer, whole_replay_id(replayer, resume, tenant))
        elif subscription is not None and since is not None:
            start, end = period(since, until, time.time())
            states = states_of(status or [], would_match)
            made = new_job(replayer, tenant, subscription, start, end, states, per_second, DEFAULT_PER_SECOND)
            count = preview(out, replayer, made, dry_run)
            if dry_run or count == 0:
                return
            if not yes and not typer.confirm(f"Replay {count} deliveries to {subscription}?", err=True):
                raise typer.Exit(int(Exit.PROBLEM))
            if background:
                ask_for(out, target, made)
            else:
                run_job(out, replayer, made)
