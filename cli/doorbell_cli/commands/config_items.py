"""What `doorbell sources` and `doorbell subscriptions` have in common."""

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import typer

from doorbell.domain.health import Circuit, Health
from doorbell.domain.subscriptions import scoped
from doorbell.store.config_tables import Conflict, Stored
from doorbell_cli.commands.config_plan import Change, carry_out, planned
from doorbell_cli.configuration import (
    DEFAULT_TENANT,
    SUBSCRIPTION,
    Kind,
    endpoints,
    found_in,
    now,
    policy,
)
from doorbell_cli.output import Exit, Output, clock, fail, progress
from doorbell_cli.secret_text import shown_item
from doorbell_cli.target import Target

HEALTH_SHOWN_FOR = 500
"""One read for each: a list of more does without."""


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
        fail(f"there is no {kind.name} {wanted}; `doorbell {kind.name}s list` shows what there is")
    return found


def confirmed(question: str, yes: bool) -> None:
    """Goes on when the answer is yes; a program has to say --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail("nobody is there to ask: give --yes", Exit.USAGE)
    typer.confirm(question, abort=True)


def refuse_broken(target: Target, kind: Kind, values: Mapping[str, Any]) -> None:
    """Ends the command with a line for each problem; a field's name tells where."""
    problems = found_in(kind, values, policy(target))
    for problem in problems:
        typer.echo(f"error: {problem.item}: {problem.field}: {problem.problem}", err=True)
    if problems:
        raise typer.Exit(int(Exit.PROBLEM))


def write(target: Target, kind: Kind, values: Mapping[str, Any]) -> Change:
    """Check, plan and write one item."""
    refuse_broken(target, kind, values)
    change = planned(target, kind, values)
    save(target, change)
    return change


def save(target: Target, change: Change) -> None:
    try:
        carry_out(target, change)
    except Conflict as error:
        fail(f"{error}; nothing was written: look at it and try again")


def told(out: Output, change: Change, **more: object) -> None:
    """What a write did. `more` goes into the JSON document."""
    say_change(out, change)
    out.document({**change.document, **more})


def told_all(out: Output, changes: Sequence[Change]) -> None:
    """What several writes did: one JSON document, a list if there is more than one."""
    for change in changes:
        say_change(out, change)
    documents = [change.document for change in changes]
    out.document(documents[0] if len(documents) == 1 else documents)


def say_change(out: Output, change: Change) -> None:
    verbs = {"create": "created", "update": "updated", "delete": "deleted", "unchanged": "unchanged"}
    out.say(f"{change.label}: {verbs[change.verb]}")
    for name, before, after in change.fields:
        out.say(f"  {name}: {_short(before)} → {_short(after)}")
    if change.note:
        out.say(f"  {change.note}")


def described(kind: Kind, stored: Stored, target: Target) -> dict[str, Any]:
    """An item for programs: what is written, and what is wrong with it."""
    problems = found_in(kind, stored.values, policy(target))
    document = shown_item(kind, stored.values, problems)
    document["problems"] = [{"field": p.field, "problem": p.problem} for p in problems]
    return document


def state_of(values: Mapping[str, Any], problems: list[dict[str, str]]) -> str:
    if problems:
        return f"BROKEN {problems[0]['field']}: {problems[0]['problem']}"
    if values.get("enabled", True) is False:
        return f"disabled: {values.get('disabled_reason') or 'by hand'}"
    return "enabled"


def healths(target: Target, items: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """The health of each subscription; None for all when there are very many."""
    if len(items) > HEALTH_SHOWN_FOR:
        return [None] * len(items)
    table = endpoints(target)
    names = [scoped(str(item.get("tenant_id")), str(item.get("subscription_id"))) for item in items]
    with progress("reading the endpoints' health", len(names)) as bar, ThreadPoolExecutor(8) as pool:
        found = []
        for health in pool.map(table.health, names):
            found.append(health_document(health))
            bar.step()
    return list(found)


def health_document(health: Health) -> dict[str, Any]:
    circuit = health.circuit(now())
    return {
        "circuit": circuit.value,
        "consecutive_failures": health.failures,
        "failing_since": health.failing_since,
        "parked_until": health.parked_until,
    }


def health_text(document: Mapping[str, Any] | None) -> str:
    if document is None:
        return "-"
    if document["circuit"] == Circuit.OPEN.value:
        return f"PARKED until {clock(document['parked_until'])}, {document['consecutive_failures']} failures"
    if document["circuit"] == Circuit.HALF_OPEN.value:
        return f"parked, next one is a probe, {document['consecutive_failures']} failures"
    if document["consecutive_failures"]:
        return f"{document['consecutive_failures']} failures since {clock(document['failing_since'])}"
    return "healthy"


def _short(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
