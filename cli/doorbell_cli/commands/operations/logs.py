"""`doorbell logs`: what the functions have written, of a source or of an event."""

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from doorbell.runtime.admin_api import iso
from doorbell_cli.ops.log_lines import FUNCTIONS, LogLine, Logs
from doorbell_cli.ops.nobody import note_no_source
from doorbell_cli.ops.times import period
from doorbell_cli.output import JsonOption, Output, clock
from doorbell_cli.target import StackOption, connected


class Function(StrEnum):
    """Those of `FUNCTIONS`."""

    INGEST = "ingest"
    PUBLISH = "publish"
    INBOX = "inbox"
    FANOUT = "fanout"
    DISPATCHER = "dispatcher"
    SWEEPER = "sweeper"
    INDEXER = "indexer"
    BACKFILL = "backfill"
    ADMIN = "admin"
    JOBS = "jobs"


_EVERYWHERE = {
    "level", "message", "timestamp", "service", "location", "cold_start", "correlation_id", "function_name",
    "function_memory_size", "function_arn", "function_request_id", "xray_trace_id", "sampling_rate",
}  # fmt: skip
"""Fields that say nothing of what happened; --json has them."""
_COLOURS = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}


def logs(
    source: Annotated[str | None, typer.Option(help="Lines of this source.")] = None,
    event: Annotated[str | None, typer.Option(help="Lines of this event: its id, or its beginning.")] = None,
    function: Annotated[list[Function] | None, typer.Option(help="Of this function alone.")] = None,
    since: Annotated[str, typer.Option(help="From then on: 15m, 24h, 2026-11-23, …")] = "1h",
    until: Annotated[str, typer.Option(help="Up to then.")] = "now",
    limit: Annotated[int, typer.Option(min=1, help="At most this many, the newest.")] = 200,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """What the functions have written, oldest first: of a source, of an event, or all.

    No line holds a secret or a body. CloudWatch takes some seconds to show a line. It reads at most 50 pages
    of each function's log group; where there is more it says so. Your credentials need logs:FilterLogEvents.
    """
    start, end = period(since, until, time.time())
    names = [one.value for one in function or []] or list(FUNCTIONS)
    out = Output(as_json)
    with connected(stack) as target:
        reader = Logs(target.client("logs"), target.name)
        lines, more = reader.between(names, start, end, event or source)
        wanted = [line for line in lines if line.is_of(source, event)]
        if source is not None and not wanted:
            note_no_source(out, target, source)
    for line in wanted[-limit:]:
        said = " ".join(f"{name}={_shown(value)}" for name, value in _telling(line.fields).items())
        text = f"{clock(line.at)} {line.function:10} {line.fields['message']} {said}"
        out.say(text.rstrip(), _COLOURS.get(str(line.fields["level"]), ""))
    out.document([_document(line) for line in wanted[-limit:]])
    if not wanted:
        out.say("No lines.")
    if len(wanted) > limit:
        out.note(f"There are {len(wanted) - limit:,} before these. Raise --limit, or use --until.")
    if more:
        out.note("There are more lines than are read. Use a shorter time, or --function.")


def _telling(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _EVERYWHERE and value is not None}


def _shown(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text else text


def _document(line: LogLine) -> dict[str, Any]:
    return {"at": iso(line.at), "function": line.function, **line.fields}
