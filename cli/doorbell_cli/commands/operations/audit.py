"""`doorbell audit`: does the ledger balance?"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer

from doorbell.domain.ledger import OVERDUE_SECONDS, SETTLE_SECONDS
from doorbell.runtime.admin_api import iso
from doorbell.store.events.ledger import LedgerTable
from doorbell.usecases.audit import Audit, Report
from doorbell_cli.ops.backfilled import BackFilled, back_filled
from doorbell_cli.ops.queues import depth
from doorbell_cli.ops.reading import event_log
from doorbell_cli.ops.tenants import tenants
from doorbell_cli.ops.times import period, seconds
from doorbell_cli.output import Exit, JsonOption, Output, progress
from doorbell_cli.target import StackOption, Target, connected

SHOWN = 50
SIDE_BY_SIDE = 10
"""The connection pool of a boto3 client, unless configured, holds ten."""


def audit(
    since: Annotated[str, typer.Option(help="Since when: 7d, 2026-11-23, …")] = "24h",
    until: Annotated[str, typer.Option(help="Until when.")] = "now",
    tenant: Annotated[list[str] | None, typer.Option(help="Only this tenant; can be repeated.")] = None,
    settle: Annotated[
        str, typer.Option(help="How young an event may be for its fan-out to be still under way.")
    ] = f"{SETTLE_SECONDS:.0f}s",
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count events, matches and every state from the tables; list what does not balance; exit 1 if any.

    Of each source: how many events it rang, were back-filled, and are missing for good.

    Of every event recorded in the time given: each subscription that matched must have a delivery, and each
    delivery must be delivered, exhausted, cancelled, or pending with a time at which the sweeper will look.

    It walks the event log's index, tenant by tenant and day by day, and makes one query for each event; it
    scans no table but those people write. 10 million events of 4 KB with three deliveries each are 5.3
    million read units: $0.66 (DynamoDB on demand, us-east-1, $0.125 a million, 2026-06), and as much again
    for every further 4 KiB an event and its deliveries take. `doorbell cost` prices other sizes ("audit").
    """
    out = Output(as_json)
    start, end = period(since, until, time.time())
    with connected(stack) as target:
        of = tenants(target, tenant or [])
        with progress("Balancing the ledger") as bar:
            report = _audit(target, seconds(settle, "--settle"))(of, start, end, watch=bar.step)
        lost = depth(target, "EventsDeadLetter")
        sources = [one for tenant_id in of for one in back_filled(target, tenant_id, start, end)]
        _say(out, report, target, of, start, end, lost, sources)
    if not report.balanced or lost:
        raise typer.Exit(int(Exit.PROBLEM))


def _audit(target: Target, settle: float) -> Audit:
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    ledger = LedgerTable(target.client("dynamodb"), target.table("Events"))
    return Audit(event_log(target), ledger, time.time, partial(pool.map), settle, OVERDUE_SECONDS)


def _say(
    out: Output, report: Report, target: Target, of: list[str], start: float, end: float, lost: int,
    sources: list[BackFilled],
) -> None:  # fmt: skip
    waiting = depth(target, "Events")
    document = {
        "since": iso(start),
        "until": iso(end),
        "tenants": of,
        **totals(report),
        "not_fanned_out_yet": waiting,
        "events_dead_letter_queue": lost,
        "discrepancies": [asdict(found) for found in report.discrepancies],
        "sources": _by_source(report, sources),
    }
    lists = ("discrepancies", "sources")
    figures = {name.replace("_", " "): value for name, value in document.items() if name not in lists}
    out.fields(figures, document=document)
    if sources and not out.as_json:
        _list_sources(out, report, sources)
    if lost:
        out.say(
            f"{lost} event(s) wait in the dead-letter queue. Send them back: `doorbell dlq redrive events`.",
            "red",
        )
    if report.discrepancies and not out.as_json:
        _list(out, report)


def _by_source(report: Report, sources: list[BackFilled]) -> dict[str, dict[str, int]]:
    """Of a back-filled event it is not said that it rang."""
    found = {one.source_id: one for one in sources}
    names = sorted({*report.by_source, *found})
    return {
        name: {
            "rung": max(0, report.by_source[name] - (found[name].brought if name in found else 0)),
            "back_filled": found[name].brought if name in found else 0,
            "asked_for": found[name].asked if name in found else 0,
            "missing_for_good": found[name].missing if name in found else 0,
        }
        for name in names
    }


def _list_sources(out: Output, report: Report, sources: list[BackFilled]) -> None:
    counted = _by_source(report, sources)
    rows = [(one.source_id, *counted[one.source_id].values()) for one in sources]
    out.say()
    out.rows(["source", "rung", "back-filled", "asked for", "missing for good"], rows, document=None)


def _list(out: Output, report: Report) -> None:
    rows = [(d.event_id, d.subscription, d.code, d.detail) for d in report.discrepancies[:SHOWN]]
    out.say()
    out.rows(["event", "delivery", "what", "detail"], rows, document=None)
    if (more := len(report.discrepancies) - SHOWN) > 0:
        out.say(f"… and {more} more. --json has them all.")


def totals(report: Report) -> dict[str, Any]:
    counted = report.totals
    states = ("delivered", "exhausted", "cancelled", "pending")
    return {
        "balanced": report.balanced,
        "events": counted.events,
        "matched": counted.matched,
        **{state: counted.states[state] for state in states},
        "under_way": counted.under_way,
        "replays": {state: counted.replays[state] for state in states},
        "attempts": counted.attempts,
        "expired": counted.expired,
    }
