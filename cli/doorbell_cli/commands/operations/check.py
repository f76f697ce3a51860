"""`doorbell check`: is everything in order? Each finding is a line with what to do about it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from doorbell.domain.errors import DoorbellError
from doorbell.store.configuration.config_tables import ConfigTable
from doorbell.store.configuration.event_types import EVENT_TYPE_KEY
from doorbell_cli.commands.operations import (
    check_account,
    check_items,
    check_routes,
    check_stack,
    check_ways,
    refusing,
)
from doorbell_cli.commands.operations.before_upgrade import LOOKS
from doorbell_cli.commands.operations.findings import Finding, Listed, Note
from doorbell_cli.configuration import KINDS, SOURCE, policy
from doorbell_cli.output import Exit, JsonOption, Output, progress
from doorbell_cli.target import StackOption, Target, connected

SIDE_BY_SIDE = 16
"""Names are looked up and secrets read side by side: both mostly wait."""


@dataclass(frozen=True, slots=True)
class Check:
    """`title` is said while it runs; `examine` yields what is wrong, and what is good to know."""

    title: str
    examine: Callable[[], Iterator[Finding | Note] | Iterator[Finding] | Iterator[Note]]


def check(
    tenant: Annotated[str | None, typer.Option("--tenant", help="Items of this tenant only.")] = None,
    before_upgrade: Annotated[
        bool,
        typer.Option("--before-upgrade", help="Also look for what this release would refuse or wait for."),
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every item, schema, secret, URL, endpoint, queue and alarm; exit 1 when anything is wrong.

    Of a deployed stack also what the account allows: concurrency, throughput, keys, API mappings.
    """
    with connected(stack) as target:
        out = Output(as_json)
        checks = list(_checks(target, tenant, before_upgrade))
        said: list[Finding | Note] = []
        with progress("Checking", len(checks)) as bar, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for found in pool.map(_run, checks):
                said += found
                bar.step()
        findings = sorted(
            (one for one in said if isinstance(one, Finding)), key=lambda f: (f.what, f.problem)
        )
        notes = [f"{one.what}: {one.text}" for one in said if isinstance(one, Note)]
        rows = [(finding.what, finding.problem, finding.advice) for finding in findings]
        document = {
            "ok": not findings,
            "checks": len(checks),
            "findings": [finding.document for finding in findings],
            "notes": notes,
        }
        out.rows(["where", "what is wrong", "what to do"], rows, document=document, empty="")
        for note in notes:
            out.note(f"note: {note}")
        out.say(
            f"{len(checks)} checks, "
            + (f"{len(findings)} problem(s)." if findings else "everything is in order.")
        )
    if findings:
        raise typer.Exit(int(Exit.PROBLEM))


def _checks(target: Target, tenant: str | None, before_upgrade: bool) -> Iterator[Check]:
    egress, examiner = policy(target), check_items.Examiner(target, policy(target))
    items = [Listed(kind, stored.values) for kind in KINDS for stored in kind.table(target).all(tenant)]
    for one in items:
        yield Check(one.where, partial(examiner.examine, one.kind, one.values))
    event_types = ConfigTable(target.client("dynamodb"), target.table("EventTypes"), EVENT_TYPE_KEY)
    for stored in event_types.all(tenant):
        title = check_items.event_type_label(stored.values)
        yield Check(title, partial(check_items.event_type, stored.values))
    for name in sorted(target.outputs):
        if name.endswith("QueueUrl"):
            yield Check(name, partial(check_stack.queue, target, name))
    yield Check("alarms", partial(check_stack.alarms, target))
    yield Check("parameters", partial(check_stack.parameters, target, egress))
    sources = [one.values for one in items if one.kind is SOURCE]
    if target.parameters.get("RoutingIndex") == "true":
        yield Check("the routing index", partial(check_routes.certificates, target, items))
    yield Check("refused requests", partial(refusing.notes, target, sources))
    if target.local:
        yield Check("what works here only", partial(check_items.local_notes, items, egress))
    else:
        yield from _of_the_account(target, items)
    if before_upgrade:
        yield from (Check(title, partial(look, target, items)) for title, look in LOOKS)


def _of_the_account(target: Target, items: Sequence[Listed]) -> Iterator[Check]:
    """What the local stack has nothing of."""
    yield Check("Lambda's concurrency", partial(check_account.concurrency, target))
    yield Check("the events table's throughput", partial(check_account.throughput, target))
    yield Check("SSM's throughput", partial(check_account.parameters_of_ssm, target, items))
    yield Check("keys of secrets", partial(check_ways.keys, target, items))
    yield Check("API mappings", partial(check_ways.mappings, target, items))


def _run(one: Check) -> Sequence[Finding | Note]:
    """A check that cannot be made is a finding, not a silence."""
    try:
        return list(one.examine())
    except DoorbellError as error:
        return [
            Finding(
                one.title,
                f"could not be checked: {error}",
                "Check the permissions of the credentials that run this.",
            )
        ]
