"""Each request that a stack gets as one line, as it is in the log of the function that answered it."""

from collections.abc import Mapping
from typing import Any

from doorbell_cli.cells import clock
from doorbell_cli.ops.log_lines import LogLine

ANSWERING = ("ingest", "publish", "admin")


def told(line: LogLine) -> str | None:
    """None: the line is not about a request, or not its end."""
    words = _WORDS.get(str(line.fields["message"]))
    return None if words is None else f"{clock(line.at)} {words(line.fields)}"


def _accepted(fields: Mapping[str, Any]) -> str:
    what = f"{fields.get('event_type')}, {int(fields.get('bytes') or 0):,} bytes"
    return f"{_source(fields)}: accepted {what}: {fields.get('event_id')}"


def _refused(fields: Mapping[str, Any]) -> str:
    said = f"{_source(fields)}: refused, {fields.get('status')} {fields.get('reason')}"
    own = fields.get("source_id") == "publish" or fields.get("reason") == "unknown_source"
    return said if own else f"{said}. Why: doorbell refused show {fields.get('source_id')}"


def _handshake(fields: Mapping[str, Any]) -> str:
    return f"{_source(fields)}: a handshake, answered {fields.get('status', 200)}"


def _unavailable(fields: Mapping[str, Any]) -> str:
    return f"{_source(fields)}: 503, to be sent again: {fields.get('cause')}"


def _admin(fields: Mapping[str, Any]) -> str:
    return f"{fields.get('method')} {fields.get('path')}: {fields.get('status')}"


def _source(fields: Mapping[str, Any]) -> str:
    source = fields.get("source_id")
    return "POST /events" if source == "publish" else f"/in/{source}"


_WORDS = {
    "accepted": _accepted,
    "refused": _refused,
    "handshake": _handshake,
    "handshake_stored": _handshake,
    "ingest_unavailable": _unavailable,
    "admin": _admin,
}
