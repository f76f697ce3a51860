"""`doorbell check --before-upgrade`: what a running stack holds that the release of this tool would refuse,
or that CloudFormation would not get past.

Every check looks at the items themselves, by this release's rules. Here is what else an upgrade meets.
Whoever changes what is accepted, or how tables are, adds a look to `LOOKS`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from doorbell.aws_errors import translated
from doorbell.signatures.catalogue import find
from doorbell_cli.commands.operations.findings import Finding, Listed, Note
from doorbell_cli.configuration import DEFAULT_TENANT, SOURCE, SUBSCRIPTION
from doorbell_cli.ops.queues import DEAD_LETTERS, depth
from doorbell_cli.target import Target

TABLES = ("Sources", "Subscriptions", "Endpoints", "EventTypes", "Events")
PAUSE = (
    "wait until it is done: CloudFormation changes one index of a table per update, and does not wait for it"
)

ASIDE = (
    "the provider's svix- headers will be doorbell-original-svix-…: a receiver that verifies the provider's "
    "signature with its library needs `--signing none`."
)
KEPT = (
    "the provider's webhook- headers will keep their names, webhook-id too: the event's id is "
    "doorbell-event-id then."
)

type Values = Mapping[str, Any]
type Look = Callable[[Target, Sequence[Listed]], Iterator[Finding] | Iterator[Note]]


def tables(target: Target, items: Sequence[Listed]) -> Iterator[Finding]:
    """A table or index that is still being changed refuses the next change.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html"""
    for name in TABLES:
        with translated("dynamodb", "DescribeTable"):
            table = target.client("dynamodb").describe_table(TableName=target.table(name))["Table"]
        if table["TableStatus"] != "ACTIVE":
            yield Finding(f"table {name}", f"is {table['TableStatus'].lower()}", PAUSE)
        for index in table.get("GlobalSecondaryIndexes", []):
            if index["IndexStatus"] != "ACTIVE" or index.get("Backfilling"):
                yield Finding(f"table {name}", f"index {index['IndexName']} is being made or removed", PAUSE)


def dead_letters(target: Target, items: Sequence[Listed]) -> Iterator[Finding]:
    """Events that wait there are read by the new code, when they are sent back."""
    waiting = depth(target, DEAD_LETTERS["events"])
    if waiting:
        problem = f"{waiting} event(s) wait in the form of the release that runs now"
        yield Finding("queue EventsDeadLetter", problem, "send them back first: doorbell dlq redrive events")


def headers(target: Target, items: Sequence[Listed]) -> Iterator[Note]:
    """What a subscription's deliveries call otherwise from this release on."""
    sources = [one.values for one in items if one.kind is SOURCE]
    for one in items:
        if one.kind is SUBSCRIPTION and one.values.get("body", "raw") == "raw":
            for problem in sorted({*_renamed(one.values, sources)}):
                yield Note(one.where, problem)


def _renamed(subscription: Values, sources: Sequence[Values]) -> Iterator[str]:
    """By the headers that its sources' providers sign with."""
    wanted, tenant = subscription.get("sources") or (), subscription.get("tenant_id", DEFAULT_TENANT)
    standard = str(subscription.get("signing", "standard")).startswith("standard")
    for source in sources:
        if source.get("tenant_id", DEFAULT_TENANT) == tenant and (
            not wanted or source["source_id"] in wanted
        ):
            entry = find(str(source.get("provider", "")))
            signed = entry.scheme.signature.headers if entry is not None and entry.scheme is not None else ()
            if standard and "svix-signature" in signed:
                yield ASIDE
            if not standard and signed == ("webhook-signature",):
                yield KEPT


LOOKS: tuple[tuple[str, Look], ...] = (
    ("tables", tables),
    ("dead letters", dead_letters),
    ("headers of deliveries", headers),
)
"""Title and look."""
