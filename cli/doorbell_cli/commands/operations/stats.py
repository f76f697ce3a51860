"""`doorbell stats`: what happened at a subscription or a source, and how long it took."""

import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from doorbell.domain.rollups import (
    ACCEPTED,
    ANSWER,
    CANCELLED,
    DELIVERED,
    DUPLICATES,
    EXHAUSTED,
    FAILED,
    HELD,
    LATENCY,
    REFUSED,
    Holder,
    Kind,
)
from doorbell.domain.summaries import Rollup
from doorbell.runtime.admin_api import iso
from doorbell.runtime.stats_json import source_stats_json, subscription_stats_json
from doorbell.usecases.stats import Step
from doorbell_cli.commands.configuration.items import key_from
from doorbell_cli.commands.typed import refuse_typed
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from doorbell_cli.ops.counts import (
    duration,
    in_words,
    source_fields,
    source_holder,
    stats_of,
    subscription_fields,
)
from doorbell_cli.ops.nobody import note_no_subscription
from doorbell_cli.ops.times import period
from doorbell_cli.output import Exit, JsonOption, Output, clock, fail
from doorbell_cli.target import StackOption, Target, connected

ROWS = 1000
_NOT_EXACT = (
    "Not exact: a worker that dies may count twice or not at all; `doorbell audit` counts from the tables. "
)
_OF = {
    Kind.SUBSCRIPTION: f"{_NOT_EXACT}A time is at most what is shown, and more than seven tenths of it.",
    Kind.SOURCE: f"{_NOT_EXACT}Refused ones of the last minute may be missing.",
}


def stats(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[SUBSCRIPTION]", help="Its id, or TENANT/ID.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Of this source instead; `publish` are your own events.")
    ] = None,
    tenant: Annotated[
        str | None, typer.Option(help="Whose: of `publish`, and of a source that is gone.")
    ] = None,
    since: Annotated[str, typer.Option(help="From then on: 24h, 7d, 2026-11-23, …")] = "24h",
    until: Annotated[str, typer.Option(help="Up to then.")] = "now",
    by: Annotated[Step, typer.Option(help="A line for each. Hours and days are UTC's.")] = Step.ALL,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """What happened at a subscription or a source, how often, and how long it took: p50, p95, p99.

    A subscription: delivered, failed attempts by class, held by reason, how it ended, the time from ingest to
    delivery, and the subscriber's own time to answer. A source: accepted, duplicates, refused by reason. Read
    from counts of five minutes, which are kept for the parameter RollupDays.
    """
    if (name is None) == (source is None):
        fail("Name a subscription, or a source with --source.", Exit.USAGE)
    if name is not None and "/" in name:
        refuse_typed(context, ["tenant"], "Leave it out: the name says the tenant.")
    start, end = period(since, until, time.time())
    out = Output(as_json)
    with connected(stack) as target:
        holder = _holder(target, name, source, tenant)
        reader = stats_of(target)
        page = reader.page(holder, start, end, by, ROWS)
        if not page.rows and holder.kind is Kind.SUBSCRIPTION:
            note_no_subscription(out, target, holder.tenant_id, holder.name)
        rows = list(page.rows) or ([reader.whole(holder, start, start)] if by is Step.ALL else [])
    json = _json(holder.kind)
    shown = {"tenant_id": holder.tenant_id, f"{holder.kind.value}_id": holder.name}
    times = {"since": iso(start), "until": iso(end), "by": by.value}
    document = {**shown, **times, "stats": [json(row) for row in rows]}
    if by is Step.ALL:
        fields = (source_fields if holder.kind is Kind.SOURCE else subscription_fields)(rows[0])
        whose = {holder.kind.value: f"{holder.tenant_id}/{holder.name}", "since": clock(start)}
        out.fields({**whose, **fields}, document=document)
    else:
        titles, line = _SOURCE_LINE if holder.kind is Kind.SOURCE else _SUBSCRIPTION_LINE
        out.rows(titles, map(line, rows), document=document, empty="Nothing happened.")
    if page.until is not None:
        out.note(f"There are more than these {ROWS}. Use --until {iso(page.until)} for those before.")
    out.say(_OF[holder.kind], "dim")


def _holder(target: Target, name: str | None, source: str | None, tenant: str | None) -> Holder:
    if name is not None:
        of_tenant, subscription_id = key_from(SUBSCRIPTION, name)
        return Holder(Kind.SUBSCRIPTION, tenant or of_tenant, subscription_id)
    if tenant is not None:
        return Holder(Kind.SOURCE, tenant, str(source))
    found = SOURCE.table(target).get(str(source))
    if found is None:
        fail(
            f"There is no source {source}. For your own events (`publish`), or a source that is gone, add "
            "--tenant."
        )
    return source_holder(found.values)


def _json(kind: Kind) -> Callable[[Rollup], dict[str, Any]]:
    return source_stats_json if kind is Kind.SOURCE else subscription_stats_json


def _source_line(row: Rollup) -> list[object]:
    return [clock(row.at), row[ACCEPTED], row[DUPLICATES], in_words(row.by(REFUSED))]


def _subscription_line(row: Rollup) -> list[object]:
    failed, held = sum(row.by(FAILED).values()), sum(row.by(HELD).values())
    counts = [row[DELIVERED], failed, row[EXHAUSTED], row[CANCELLED], held]
    times = [duration(row.percentiles_ms(scale)[95]) for scale in (LATENCY, ANSWER)]
    return [clock(row.at), *counts, *times]


_SOURCE_LINE = (["at", "accepted", "duplicates", "refused"], _source_line)
_SUBSCRIPTION_LINE = (
    ["at", "delivered", "failed", "exhausted", "cancelled", "held", "ingest to delivery p95", "answer p95"],
    _subscription_line,
)
