"""`doorbell events`: the event log, one event's whole story, and what comes in right now."""

import json
import sys
import time
from typing import Annotated, Any

import typer

from doorbell.domain.deliveries import State
from doorbell.domain.log import LogRow
from doorbell.runtime.admin_api import iso, story_json
from doorbell.runtime.body_json import body_json
from doorbell.usecases.search import Wanted
from doorbell_cli.commands.typed import LONGEST_WATCH_SECONDS, refuse_typed
from doorbell_cli.ops.event_ids import whole_event_id
from doorbell_cli.ops.nobody import note_no_source
from doorbell_cli.ops.reading import event_log, inspect, show_body
from doorbell_cli.ops.searching import most_looked_at, place_of, say_cost, say_rest, search
from doorbell_cli.ops.stories import say_body, say_story
from doorbell_cli.ops.tail import Tail
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.ops.times import period
from doorbell_cli.output import JsonOption, Output, clock, printable, progress
from doorbell_cli.target import StackOption, connected

events = typer.Typer(no_args_is_help=True, help="Events: what came in.")

TenantOption = Annotated[str, typer.Option(help="The tenant.")]
TAIL_EVERY_SECONDS = 1.0
ANY_SIZE = sys.maxsize


@events.command("list")
def list_events(
    tenant: TenantOption = DEFAULT,
    since: Annotated[str, typer.Option(help="Since when: 1h, 2026-11-23, …")] = "24h",
    until: Annotated[str, typer.Option(help="Until when.")] = "now",
    event_type: Annotated[
        str | None, typer.Option("--type", metavar="GLOB", help="Only these types: push, invoice.*, …")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    state: Annotated[
        State | None, typer.Option(help="Only with a delivery in this state; replays count too.")
    ] = None,
    text: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Only with all these words in the body, to 1 MiB.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 50,
    read: Annotated[
        int | None,
        typer.Option(
            min=1, help="Look at no more than this many; else 100,000, and 10,000 with --state or --text."
        ),
    ] = None,
    cursor: Annotated[
        str | None, typer.Option(help="Go on where a list has ended; it keeps that list's time.")
    ] = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """A tenant's events, newest first.

    --state and --text read the events one by one. What that reads at most, and what it costs, is said first.
    Where there is more, a cursor is told. Of an event with several types, the first counts.
    """
    if text is not None and not text.split():
        raise typer.BadParameter("It has no words.", param_hint="--text")
    out = Output(as_json)
    wanted = Wanted(event_type, source, None if state is None else state.value, tuple((text or "").split()))
    start, end = period(since, until, time.time())
    most = most_looked_at(wanted, read)
    with connected(stack) as target:
        start, end, seen = place_of(tenant, cursor, start, end, wanted.asked)
        say_cost(out, wanted, most)
        with progress("Reading events") as bar:
            find = search(target)
            page = find(tenant, start, end, wanted, limit=limit, most=most, seen=seen, on_event=bar.step)
        if source is not None and not page.rows:
            note_no_source(out, target, source)
    rows = page.rows
    out.rows(
        ["recorded", "event", "type", "source"],
        [(clock(row.created_at), row.event_id, row.event_type, row.source_id) for row in rows],
        document=[row_json(row) for row in rows],
        empty=_none(page.looked),
    )
    say_rest(out, tenant, start, wanted, page, limit)


def _none(looked: int) -> str:
    return f"None of the events that were read is such: {looked:,}." if looked else "No events in this time."


@events.command("show")
def show_event(
    context: typer.Context,
    event_id: Annotated[str, typer.Argument(help="evt_…, or the beginning of it.")],
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="SUBSCRIPTION", help="Only say why this one got it, or did not."),
    ] = None,
    tenant: TenantOption = DEFAULT,
    body: Annotated[bool, typer.Option("--body", help="Its headers and body too.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """An event, who wanted it, who nearly did, and every delivery with its attempts."""
    if why is not None:
        refuse_typed(context, ["body"], "Leave it out: --why says nothing else.")
    out = Output(as_json)
    with connected(stack) as target:
        whole_id = whole_event_id(target, event_id, tenant)
        if why is not None:
            from doorbell_cli.ops.why import explain, say_why  # the items' models: slow to import

            say_why(out, explain(target)(whole_id, why))
            return
        story = inspect(target)(whole_id)
        content = show_body(target)(whole_id, inline_bytes=ANY_SIZE) if body else None
    if as_json:
        out.document({**story_json(story), **({} if content is None else {"content": body_json(content)})})
        return
    say_story(out, story)
    if content is not None:
        say_body(out, content)


@events.command("tail")
def tail_events(
    tenant: TenantOption = DEFAULT,
    since: Annotated[str, typer.Option(help="Start this far back.")] = "1m",
    seconds: Annotated[
        float | None,
        typer.Option("--for", min=0, max=LONGEST_WATCH_SECONDS, help="Stop after this many seconds."),
    ] = None,
    stack: StackOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on each line.")] = False,
) -> None:
    """Events as they are recorded, until Ctrl-C."""
    start, _ = period(since, "now", time.time())
    with connected(stack) as target:
        tail = Tail(event_log(target), tenant, start)
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
