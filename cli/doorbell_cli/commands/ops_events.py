"""`doorbell events`: the event log, one event's whole story, and what comes in right now."""

import json
import time
from typing import Annotated, Any

import typer

from doorbell.domain.log import LogRow
from doorbell.runtime.admin_api import iso, story_json
from doorbell_cli.ops.limits import say_more, up_to
from doorbell_cli.ops.opened import Opened
from doorbell_cli.ops.stories import say_story
from doorbell_cli.ops.tail import Tail
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.ops.times import period
from doorbell_cli.output import JsonOption, Output, clock, printable
from doorbell_cli.target import StackOption, connected

events = typer.Typer(no_args_is_help=True, help="What came in.")

TenantOption = Annotated[str, typer.Option(help="Whose events.")]
TAIL_EVERY_SECONDS = 1.0


@events.command("list")
def list_events(
    tenant: TenantOption = DEFAULT,
    since: Annotated[str, typer.Option(help="From when: 1h, 2026-11-23, …")] = "24h",
    until: Annotated[str, typer.Option(help="Up to when.")] = "now",
    event_type: Annotated[str | None, typer.Option("--type", help="Only this type.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """A tenant's events, newest first."""
    out = Output(as_json)
    start, end = period(since, until, time.time())
    with connected(stack) as target:
        found = Opened(target).log().between(tenant, start, end, newest_first=True)
        wanted = (r for r in found if event_type in (None, r.event_type) and source in (None, r.source_id))
        rows, more = up_to(limit, wanted)
    out.rows(
        ["recorded", "event", "type", "source"],
        [(clock(row.created_at), row.event_id, row.event_type, row.source_id) for row in rows],
        document=[row_json(row) for row in rows],
        empty="no events",
    )
    if more:
        say_more(out, limit)


@events.command("show")
def show_event(
    event_id: Annotated[str, typer.Argument(help="evt_…")],
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """An event, why each subscription wanted it or not, and every delivery with its attempts."""
    out = Output(as_json)
    with connected(stack) as target:
        story = Opened(target).inspect()(event_id)
    if as_json:
        out.document(story_json(story))
    else:
        say_story(out, story)


@events.command("tail")
def tail_events(
    tenant: TenantOption = DEFAULT,
    since: Annotated[str, typer.Option(help="Begin so far back.")] = "1m",
    seconds: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    stack: StackOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on each line.")] = False,
) -> None:
    """Events as they are recorded, until Ctrl-C."""
    start, _ = period(since, "now", time.time())
    with connected(stack) as target:
        tail = Tail(Opened(target).log(), tenant, start)
        end = None if seconds is None else time.monotonic() + seconds
        try:
            while True:
                for row in tail.next(time.time()):
                    line = json.dumps(row_json(row)) if as_json else printable(_line(row))
                    typer.echo(line)
                if end is not None and time.monotonic() >= end:
                    return
                time.sleep(TAIL_EVERY_SECONDS)
        except KeyboardInterrupt:
            return


def row_json(row: LogRow) -> dict[str, Any]:
    return {
        "event_id": row.event_id,
        "recorded_at": iso(row.created_at),
        "event_type": row.event_type,
        "source_id": row.source_id,
    }


def _line(row: LogRow) -> str:
    return f"{clock(row.created_at)}  {row.event_id}  {row.event_type}  {row.source_id}"
