"""`doorbell audit`: does the ledger balance?"""

import time
from dataclasses import asdict
from typing import Annotated, Any

import typer

from doorbell.domain.ledger import SETTLE_SECONDS
from doorbell.usecases.audit import Report
from doorbell_cli.ops.opened import Opened
from doorbell_cli.ops.queues import depth
from doorbell_cli.ops.tenants import tenants
from doorbell_cli.ops.times import period, seconds
from doorbell_cli.output import Exit, JsonOption, Output, clock, progress
from doorbell_cli.target import StackOption, Target, connected

SHOWN = 50


def audit(
    since: Annotated[str, typer.Option(help="From when: 7d, 2026-11-23, …")] = "24h",
    until: Annotated[str, typer.Option(help="Up to when.")] = "now",
    tenant: Annotated[list[str] | None, typer.Option(help="Only this tenant; may be repeated.")] = None,
    settle: Annotated[
        str, typer.Option(help="How young an event may be for its fan-out to be still under way.")
    ] = f"{SETTLE_SECONDS:.0f}s",
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count events, matches and every state from the tables; list what does not balance; exit 1 if any.

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
            report = Opened(target).audit(settle=seconds(settle))(of, start, end, watch=bar.step)
        lost = depth(target, "EventsDeadLetter")
        _say(out, report, target, of, start, end, lost)
    if not report.balanced or lost:
        raise typer.Exit(int(Exit.PROBLEM))


def _say(
    out: Output, report: Report, target: Target, of: list[str], start: float, end: float, lost: int
) -> None:
    waiting = depth(target, "Events")
    document = {
        "since": clock(start),
        "until": clock(end),
        "tenants": of,
        **totals(report),
        "not_fanned_out_yet": waiting,
        "events_dead_letter_queue": lost,
        "discrepancies": [asdict(found) for found in report.discrepancies],
    }
    figures = {name.replace("_", " "): value for name, value in document.items() if name != "discrepancies"}
    out.fields(figures, document=document)
    if lost:
        out.say(f"{lost} event(s) wait in the events dead-letter queue: `doorbell dlq redrive events`", "red")
    if report.discrepancies and not out.as_json:
        _list(out, report)


def _list(out: Output, report: Report) -> None:
    rows = [(d.event_id, d.subscription, d.code, d.detail) for d in report.discrepancies[:SHOWN]]
    out.say()
    out.rows(["event", "delivery", "what", "detail"], rows, document=None)
    if (more := len(report.discrepancies) - SHOWN) > 0:
        out.say(f"… and {more} more; --json has them all")


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
