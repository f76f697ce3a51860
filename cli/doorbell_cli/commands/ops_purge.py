"""`doorbell purge`: everything of a tenant, gone, and the proof."""

from dataclasses import asdict
from typing import Annotated

import typer

from doorbell_cli.ops.purge import Found, Purge
from doorbell_cli.output import Exit, JsonOption, Output, progress
from doorbell_cli.target import StackOption, connected

_STILL = (
    "Not reached by this: messages on the queues (they expire after 14 days at most; run again once they are "
    "through), point-in-time backups (35 days), logs (ids only), and the secrets listed above."
)


def purge(
    tenant: Annotated[str, typer.Option(help="Whose data to remove: configuration, events, bodies.")],
    dry_run: Annotated[bool, typer.Option(help="Only count.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove everything of a tenant and count again: exit 1 unless nothing is left.

    Resumable: run it again. Costs one write unit for each KiB that is deleted and the reads to find it.
    """
    out = Output(as_json)
    with connected(stack) as target:
        work = Purge(target, tenant)
        with progress("Counting"):
            before = work.count()
        references = work.secret_references()
        if not dry_run:
            _confirm(out, tenant, before, yes)
            with progress("Removing events", total=before.events) as bar:
                work.run(bar.step)
        with progress("Counting again"):
            after = before if dry_run else work.count()
    _say(out, tenant, before, after, references)
    if not dry_run and (after.total or after.waiting):
        raise typer.Exit(int(Exit.PROBLEM))


def _confirm(out: Output, tenant: str, found: Found, yes: bool) -> None:
    what = f"{found.sources} sources, {found.subscriptions} subscriptions, {found.events} events"
    out.note(f"tenant {tenant}: {what}, {found.bodies} bodies")
    if not yes and typer.prompt(f"Type {tenant} to remove all of it", err=True) != tenant:
        raise typer.Exit(int(Exit.PROBLEM))


def _say(out: Output, tenant: str, before: Found, after: Found, references: list[str]) -> None:
    document = {
        "tenant": tenant,
        "found": asdict(before),
        "left": asdict(after),
        "secret_references": references,
    }
    names = ["sources", "subscriptions", "events", "jobs", "bodies", "waiting"]
    rows = [(name, getattr(before, name), getattr(after, name)) for name in names]
    out.rows(["what", "found", "left"], rows, document=document)
    if references:
        out.say("secrets its items referred to: " + ", ".join(references))
    if before.total == 0 and not after.waiting:
        out.say(f"nothing of {tenant} is there", "green")
    out.say(_STILL)
