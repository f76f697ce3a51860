"""`doorbell apply`: sources and subscriptions as files say, with a plan first."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from doorbell.domain.errors import Unavailable
from doorbell.store.config_tables import Conflict
from doorbell_cli.commands.config_app import YesOption
from doorbell_cli.commands.config_items import confirmed
from doorbell_cli.commands.config_plan import Change, carry_out, plan
from doorbell_cli.configfile import Entry, FileError, read_file
from doorbell_cli.configuration import policy
from doorbell_cli.output import Exit, JsonOption, Output, fail, progress, shown
from doorbell_cli.target import StackOption, Target, connected

_MARKS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "delete": ("-", "red"),
    "unchanged": ("=", "dim"),
}


def apply(
    file: Annotated[list[Path], typer.Option("--file", "-f", help="YAML, as often as needed; - is stdin.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete what the files lack, of the kinds and tenants they name.")
    ] = False,
    yes: YesOption = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the stack's sources and subscriptions what the files say.

    Nothing is written while one item is invalid. A subscription that is disabled stays so, unless its file
    says `enabled: true`.
    """
    out = Output(as_json)
    entries = _read(file)
    with connected(stack) as target:
        _refuse_invalid(target, entries)
        with progress("comparing with the stack"):
            changes = plan(target, entries, prune=prune)
        _show(out, changes)
        pending = [change for change in changes if change.verb != "unchanged"]
        if pending and not dry_run:
            confirmed(f"Write {len(pending)} change(s) to {target.name}?", yes)
            _carry_out(target, out, pending)
        applied = bool(pending) and not dry_run
        out.document({"applied": applied, "plan": [change.document for change in changes]})


def _read(paths: Sequence[Path]) -> list[Entry]:
    try:
        entries = [entry for path in paths for entry in read_file(path)]
    except FileError as error:
        fail(str(error), Exit.USAGE)
    if not entries:
        fail("the files hold no sources and no subscriptions", Exit.USAGE)
    first: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        key = (entry.kind.name, *entry.kind.key_of(entry.values))
        if key in first:
            there = first[key]
            fail(
                f"{entry.path}:{entry.line()}: {entry.label}: also at {there.path}:{there.line()}", Exit.USAGE
            )
        first[key] = entry
    return entries


def _refuse_invalid(target: Target, entries: Sequence[Entry]) -> None:
    egress = policy(target)
    problems = [problem for entry in entries for problem in entry.problems(egress)]
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        fail(f"{len(problems)} problem(s): nothing was written")


def _show(out: Output, changes: Sequence[Change]) -> None:
    for change in changes:
        mark, style = _MARKS[change.verb]
        out.say(f"{mark} {change.label}" + (f"  ({change.note})" if change.note else ""), style)
        for name, before, after in change.fields:
            out.say(f"    {name}: {shown(before)} → {shown(after)}")
    counts = Counter(change.verb for change in changes)
    out.say(", ".join(f"{counts[verb]} to {verb}" for verb in ("create", "update", "delete")), "bold")


def _carry_out(target: Target, out: Output, changes: Sequence[Change]) -> None:
    with progress("writing", len(changes)) as bar:
        for done, change in enumerate(changes):
            try:
                carry_out(target, change)
            except Conflict as error:
                fail(f"{error}; {done} of {len(changes)} changes were written: run it again for the rest")
            except Unavailable as error:
                fail(f"{error}; {done} of {len(changes)} changes were written: run it again", Exit.AWS)
            bar.step()
    out.say(f"{len(changes)} change(s) written")
