"""`doorbell purge`: everything of a tenant, gone, and the proof."""

from typing import Annotated

import typer

from doorbell.usecases.ask_to_purge import refuse_purge
from doorbell_cli.ops.purge import Found, Purge
from doorbell_cli.ops.purge_jobs import ask_for_purge
from doorbell_cli.ops.purge_record import on_record
from doorbell_cli.output import Exit, JsonOption, Output, progress
from doorbell_cli.target import StackOption, connected

_STILL = (
    "Not reached by this: messages on the queues (they expire after 14 days at most), the health of "
    "subscriptions that were deleted before and of which no event is kept, point-in-time backups (35 days), "
    "logs (ids only), and the secrets listed above."
)


def purge(
    tenant: Annotated[str, typer.Option(help="Whose data to remove: all configuration, events, bodies.")],
    dry_run: Annotated[bool, typer.Option(help="Only count.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    background: Annotated[
        bool, typer.Option("--background", help="Let the stack do it, and do not wait for it.")
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove everything of a tenant and count again: exit 1 unless nothing is left.

    Messages that wait on the events queue are of all tenants: how many is told, and is no failure; run it
    again once they are through. Resumable: run it again. Costs one write unit for each KiB that is deleted
    and the reads to find it. The endpoints' health goes with the subscriptions and deliveries that name it.

    Your name (ARN) goes on record for a year with the tenant `doorbell`, which is not purged: before anything
    is removed, and with what came of it.

    With --background the stack does it, where its parameter PurgeJobs is on: `doorbell jobs` shows how far it
    is. With --dry-run too, it only counts.

    Your credentials need cloudformation:DescribeStacks; dynamodb:Scan on Sources, Refused and Rollups, Query
    on Subscriptions, EventTypes, Routes and Events with its index by_tenant, BatchGetItem and PutItem on
    Events, DeleteItem on Sources, BatchWriteItem on all other tables;
    s3:ListBucket and s3:DeleteObject on the bodies bucket; sqs:GetQueueAttributes.
    """
    out = Output(as_json)
    with connected(stack) as target:
        if background:
            if not dry_run and not yes:
                _ask(tenant)
            ask_for_purge(out, target, tenant, removes=not dry_run)
            return
        refuse_purge(tenant, is_on=True)
        work = Purge(target, tenant)
        with progress("Counting"):
            before = work.count()
        references = work.secret_references()
        if dry_run:
            after = before
        else:
            _confirm(out, tenant, before, yes)
            after = _removed(work, before)
        waiting = work.waiting()
    _say(out, tenant, before, after, waiting, references)
    if not dry_run and any(after.values()):
        raise typer.Exit(int(Exit.PROBLEM))


def _removed(work: Purge, before: Found) -> Found:
    """What is left."""
    with on_record(work.target, work.tenant_id, before) as ended:
        with progress("Removing events", total=before["events"]) as bar:
            work.run(bar.step)
        with progress("Counting again"):
            after = work.count()
        ended(after)
    return after


def _confirm(out: Output, tenant: str, found: Found, yes: bool) -> None:
    what = f"{found['sources']} sources, {found['subscriptions']} subscriptions, {found['events']} events"
    more = (
        f"{found['event_types']} event types, {found['bodies']} bodies, {found['refused']} refused requests"
    )
    out.note(f"tenant {tenant}: {what}, {more}")
    if not yes:
        _ask(tenant)


def _ask(tenant: str) -> None:
    if typer.prompt(f"Type {tenant} to remove all of it", err=True) != tenant:
        raise typer.Exit(int(Exit.PROBLEM))


def _say(out: Output, tenant: str, before: Found, after: Found, waiting: int, references: list[str]) -> None:
    document = {
        "tenant": tenant,
        "found": dict(before),
        "left": dict(after),
        "waiting": waiting,
        "secret_references": references,
    }
    rows = [(name.replace("_", " "), count, after[name]) for name, count in before.items()]
    out.rows(["what", "found", "left"], rows, document=document)
    if references:
        out.say("Secrets that its items referred to: " + ", ".join(references))
    if not any(after.values()):
        out.say(f'No data found for tenant "{tenant}".', "green")
    if waiting:
        messages, brings = ("message", "it brings") if waiting == 1 else ("messages", "they bring")
        out.say(
            f"{waiting} {messages} of all tenants on the events queue and its dead-letter queue. "
            f"Run this again for what {brings}.",
            "yellow",
        )
    out.say(_STILL)
