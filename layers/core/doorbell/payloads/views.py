"""What filters and transforms see of an event: `{event, body, headers}`."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any, NoReturn

from doorbell.domain.credentials import is_credential
from doorbell.domain.records import Incoming


class NotJson(Exception):
    """The bytes are not one JSON text in UTF-8 (RFC 8259)."""


def view_of(incoming: Incoming, event_id: str, body: bytes) -> dict[str, Any]:
    """`headers` have lower-case names; those that bear credentials are not among them, so that no
    transform can send them on."""
    return {
        "event": {
            "id": event_id,
            "type": incoming.event_type,
            "source": incoming.source_id,
            "provider": incoming.provider,
            "tenant": incoming.tenant_id,
            "received_at": iso_time(incoming.received_at),
        },
        "body": body_value(body),
        "headers": {name: value for name, value in _lower(incoming) if not is_credential(name)},
    }


def body_value(body: bytes) -> Any:
    """The JSON value; else the text, if it is UTF-8; else `{"base64": …}`."""
    try:
        return parse_json(json_text(body))
    except NotJson:
        pass
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


def json_text(body: bytes) -> str:
    """The text to parse, a byte order mark taken off (RFC 8259, 8.1, lets a parser ignore one)."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotJson from None


def parse_json(text: str) -> Any:
    """Strict: no NaN and no Infinity. Raises `NotJson`, also for what is nested deeper than Python goes."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotJson from None


def iso_time(epoch: float) -> str:
    """RFC 3339, UTC, milliseconds."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _lower(incoming: Incoming) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in incoming.headers.items()]
