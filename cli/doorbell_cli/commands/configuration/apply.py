"""`doorbell apply`: sources and subscriptions as files say, with a plan first."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from doorbell.domain.errors import Unavailable
from doorbell.store.configuration.config_tables import Conflict
from doorbell_cli.commands.configuration.carry_out import carry_out
from doorbell_cli.commands.configuration.items import changed, confirmed
from doorbell_cli.commands.configuration.kind_app import YesOption
from doorbell_cli.commands.configuration.plan import Change, plan
from doorbell_cli.commands.typed import refuse_other
from doorbell_cli.configfile import Entry, FileError, read_file
from doorbell_cli.configuration import now, policy
from doorbell_cli.ops.in_force import by_json, in_force_by
from doorbell_cli.output import Exit, JsonOption, Output, clock, fail, progress
from doorbell_cli.target import StackOption, Target, connected

EXAMPLE = """\
sources:
  - source_id: github                # its URL ends with it: …/in/github
    provider: github                 # `doorbell providers` lists them
    secrets: [ssm:/doorbell/github]  # a reference, never the secret itself

subscriptions:
  - subscription_id: ci
    url: https://ci.example.com/hooks
    event_types: [push, "pull_request.*"]   # globs; leave it out for all
    sources: [github]                       # leave it out for all
    filter: body.ref == 'refs/heads/main'   # JMESPath over event, body and headers
    secrets: [ssm:/doorbell/ci]             # signs what is delivered
    retry: {preset: standard}
"""

_MARKS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "delete": ("-", "red"),
    "unchanged": ("=", "dim"),
}


def apply(
    context: typer.Context,
    file: Annotated[
        list[Path] | None, typer.Option("--file", "-f", help="A YAML file; can be repeated; - is stdin.")
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Print a file to begin with, and stop.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")] = False,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Delete items that the files lack, of the kinds and tenants they name."),
    ] = False,
    yes: YesOption = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the stack's sources and subscriptions what the files say.

    Nothing is written while one item is invalid. A subscription that is disabled stays so, unless its file
    says `enabled: true`.
    """
    if example:
        refuse_other(context, ["example"], "Leave it out: --example prints a file, and stops.")
        typer.echo(EXAMPLE, nl=False)
        return
    if not file:
        fail("Name a file: `doorbell apply -f FILE`. `doorbell apply --example` prints one.", Exit.USAGE)
    out = Output(as_json)
    entries = read_entries(file)
    with connected(stack) as target:
        refuse_invalid(target, entries)
        with progress("Comparing with the stack"):
            changes = plan(target, entries, prune=prune)
        _show(out, changes)
        by, pending = None, [change for change in changes if change.verb != "unchanged"]
        if pending and not dry_run:
            confirmed(f"Write {len(pending)} change(s) to {target.name}?", yes)
            by = _carry_out(target, out, pending)
        applied = by is not None
        documents = [change.document for change in changes]
        out.document({"applied": applied, **by_json(by), "plan": documents})


def read_entries(paths: Sequence[Path]) -> list[Entry]:
    try:
        entries = [entry for path in paths for entry in read_file(path)]
    except FileError as error:
        fail(str(error), Exit.USAGE)
    if not entries:
        fail("The files contain no sources and no subscriptions.", Exit.USAGE)
    first: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        key = (entry.kind.name, *entry.kind.key_of(entry.values))
        if key in first:
            there = first[key]
            fail(
                f"{entry.path}:{entry.line()}: {entry.label}: also at {there.path}:{there.line()}",
                Exit.USAGE,
            )
        first[key] = entry
    return entries


def refuse_invalid(target: Target, entries: Sequence[Entry]) -> None:
    egress = policy(target)
    problems = [problem for entry in entries for problem in entry.problems(egress)]
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        fail(f"{len(problems)} problem(s). Nothing was written.")


def _show(out: Output, changes: Sequence[Change]) -> None:
    for change in changes:
        mark, style = _MARKS[change.verb]
        out.say(f"{mark} {change.label}" + (f"  ({change.note})" if change.note else ""), style)
        for name, before, after in change.fields:
            out.say(f"    {changed(name, before, after)}")
        for warning in change.warnings:
            out.note(f"warning: {change.label}: {warning}")
    counts = Counter(change.verb for change in changes)
    out.say(", ".join(f"{counts[verb]} to {verb}" for verb in ("create", "update", "delete")), "bold")


def _carry_out(target: Target, out: Output, changes: Sequence[Change]) -> float:
    """By when the last of them is in force, in epoch seconds."""
    with progress("Writing", len(changes)) as bar:
        for done, change in enumerate(changes):
            try:
                carry_out(target, change)
            except Conflict as error:
                fail(f"{error}. {done} of {len(changes)} changes were written. Run it again for the rest.")
            except Unavailable as error:
                fail(
                    f"{error}. {done} of {len(changes)} changes were written. Run it again for the rest.",
                    Exit.AWS,
                )
            bar.step()
    by = max(in_force_by(change.kind, now()) for change in changes)
    out.say(f"{len(changes)} change(s) written, in force by {clock(by)} UTC.")
    return by
