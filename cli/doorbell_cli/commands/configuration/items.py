"""What `doorbell sources` and `doorbell subscriptions` have in common."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer

from doorbell.store.configuration.config_tables import Conflict, Stored
from doorbell.usecases.configure import is_paused
from doorbell_cli.commands.configuration.carry_out import carry_out
from doorbell_cli.commands.configuration.plan import Change, planned, refuse_reserved
from doorbell_cli.configuration import (
    DEFAULT_TENANT,
    SUBSCRIPTION,
    Kind,
    found_in,
    now,
    policy,
)
from doorbell_cli.ops.in_force import by_json, in_force_by
from doorbell_cli.output import Exit, Output, Styled, clock, fail, shown
from doorbell_cli.secret_text import shown_item
from doorbell_cli.target import Target

LONGEST_SHOWN = 60


def key_from(kind: Kind, text: str) -> tuple[str, ...]:
    """`id`, or for a subscription also `tenant/id`."""
    if kind is not SUBSCRIPTION:
        return (text,)
    tenant_id, slash, subscription_id = text.rpartition("/")
    return (tenant_id if slash else DEFAULT_TENANT, subscription_id)


def existing(target: Target, kind: Kind, name: str) -> Stored:
    """The item, or the end of the command."""
    found = kind.table(target).get(*key_from(kind, name))
    if found is None:
        wanted = "/".join(key_from(kind, name))
        fail(f"There is no {kind.name} {wanted}. `doorbell {kind.name}s list` shows what there is.")
    return found


def confirmed(question: str, yes: bool) -> None:
    """Goes on when the answer is yes; a program has to say --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail("Not a terminal, so nobody can confirm. Add --yes.", Exit.USAGE)
    typer.confirm(question, abort=True)


def agreed(told: str, question: str, yes: bool) -> None:
    """Says what will happen, and asks where somebody is there to answer."""
    typer.echo(told, err=True)
    if not yes and sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)


def refuse_broken(target: Target, kind: Kind, values: Mapping[str, Any]) -> None:
    """Ends the command with a line for each problem; a field's name tells where."""
    problems = found_in(kind, values, policy(target))
    for problem in problems:
        typer.echo(f"error: {problem.item}: {problem.field}: {problem.problem}", err=True)
    if problems:
        raise typer.Exit(int(Exit.PROBLEM))
    if kind.table(target).get(*kind.key_of(values)) is None:
        refuse_reserved(kind, values)


def write(target: Target, kind: Kind, values: Mapping[str, Any]) -> Change:
    """Check, plan and write one item."""
    refuse_broken(target, kind, values)
    change = planned(target, kind, values)
    save(target, change)
    return change


def save(target: Target, change: Change) -> None:
    conflict_safe(lambda: carry_out(target, change))


def conflict_safe(call: Callable[[], object]) -> None:
    try:
        call()
    except Conflict as error:
        fail(f"{error}. Nothing was written. Look at the item and try again.")


def done(out: Output, kind: Kind, stored: Stored, what: str) -> None:
    by = in_force_by(kind, now())
    out.say(f"{kind.label(stored.values)}: {what}, in force by {clock(by)} UTC")
    key = {name: stored.values[name] for name in kind.key}
    out.document({"action": what, "kind": kind.name, **key, **by_json(by)})


def told(out: Output, change: Change, **more: object) -> None:
    """What a write did. `more` goes into the JSON document."""
    out.document({**_said(out, change), **more})


def told_all(out: Output, changes: Sequence[Change]) -> None:
    """What several writes did: one JSON document, a list if there is more than one."""
    documents = [_said(out, change) for change in changes]
    out.document(documents[0] if len(documents) == 1 else documents)


def _said(out: Output, change: Change) -> dict[str, Any]:
    by = None if change.verb == "unchanged" else in_force_by(change.kind, now())
    verbs = {"create": "created", "update": "updated", "delete": "deleted", "unchanged": "unchanged"}
    out.say(f"{change.label}: {verbs[change.verb]}")
    for name, before, after in change.fields:
        out.say(f"  {changed(name, before, after)}")
    if change.note:
        out.say(f"  {change.note}")
    if by is not None:
        out.say(f"  in force by {clock(by)} UTC")
    for warning in change.warnings:
        out.note(f"warning: {change.label}: {warning}")
    return {**change.document, **by_json(by)}


def described(kind: Kind, stored: Stored, target: Target) -> dict[str, Any]:
    """An item for programs: what is written, and what is wrong with it."""
    problems = found_in(kind, stored.values, policy(target))
    document = shown_item(kind, stored.values, problems)
    document["problems"] = [{"field": p.field, "problem": p.problem} for p in problems]
    return document


def state_of(values: Mapping[str, Any], problems: list[dict[str, str]]) -> Styled:
    if problems:
        return Styled(f"BROKEN {problems[0]['field']}: {problems[0]['problem']}", "red")
    if values.get("enabled", True) is False:
        return Styled(f"disabled: {values.get('disabled_reason') or 'by hand'}", "yellow")
    if is_paused(values):
        since = values.get("paused_at")
        return Styled("PAUSED" + (f" since {clock(float(since))}" if since is not None else ""), "yellow")
    return Styled("enabled", "")


def changed(name: str, before: object, after: object) -> str:
    """A field before and after, on one line."""
    return f"{name}: {_short(before)} → {_short(after)}"


def _short(value: object) -> str:
    text = shown(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
