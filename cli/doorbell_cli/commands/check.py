"""`doorbell check`: is everything in order? Each finding is a line with what to do about it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import typer

from doorbell.domain.errors import DoorbellError
from doorbell.store.config_tables import ConfigTable
from doorbell.store.event_types import EVENT_TYPE_KEY
from doorbell_cli.commands import check_items, check_stack
from doorbell_cli.commands.check_items import Finding
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION, policy
from doorbell_cli.output import Exit, JsonOption, Output, progress
from doorbell_cli.target import StackOption, Target, connected

SIDE_BY_SIDE = 16
"""Names are looked up and secrets read side by side: both mostly wait."""


@dataclass(frozen=True, slots=True)
class Check:
    """`title` is said while it runs; `examine` yields what is wrong."""

    title: str
    examine: Callable[[], Iterator[Finding]]


def check(
    tenant: Annotated[str | None, typer.Option("--tenant", help="Items of this tenant only.")] = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every item, schema, secret, URL, endpoint, queue and alarm; exit 1 when anything is wrong."""
    with connected(stack) as target:
        out = Output(as_json)
        checks = list(_checks(target, tenant))
        findings: list[Finding] = []
        with progress("checking", len(checks)) as bar, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for found in pool.map(_run, checks):
                findings += found
                bar.step()
        findings.sort(key=lambda finding: (finding.what, finding.problem))
        rows = [(finding.what, finding.problem, finding.advice) for finding in findings]
        document = {"ok": not findings, "checks": len(checks), "findings": [f.document for f in findings]}
        out.rows(["where", "what is wrong", "what to do"], rows, document=document, empty="")
        out.say(f"{len(checks)} checks, " + (f"{len(findings)} problem(s)" if findings else "all in order"))
    if findings:
        raise typer.Exit(int(Exit.PROBLEM))


def _checks(target: Target, tenant: str | None) -> Iterator[Check]:
    egress, items = policy(target), check_items.Examiner(target, policy(target))
    for kind in (SOURCE, SUBSCRIPTION):
        for stored in kind.table(target).all(tenant):
            values: dict[str, Any] = stored.values
            yield Check(kind.label(values), partial(items.examine, kind, values))
    event_types = ConfigTable(target.client("dynamodb"), target.table("EventTypes"), EVENT_TYPE_KEY)
    for stored in event_types.all(tenant):
        title = check_items.event_type_label(stored.values)
        yield Check(title, partial(check_items.event_type, stored.values))
    for name in sorted(target.outputs):
        if name.endswith("QueueUrl"):
            yield Check(name, partial(check_stack.queue, target, name))
    yield Check("alarms", partial(check_stack.alarms, target))
    yield Check("parameters", partial(check_stack.parameters, target, egress))


def _run(one: Check) -> Sequence[Finding]:
    """A check that cannot be made is a finding, not a silence."""
    try:
        return list(one.examine())
    except DoorbellError as error:
        return [
            Finding(
                one.title, f"could not be checked: {error}", "look at the permissions of whoever runs this"
            )
        ]
