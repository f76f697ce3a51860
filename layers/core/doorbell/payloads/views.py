"""What filters and transforms see of an event: `{event, body, headers}`."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from doorbell.domain.credentials import is_credential
from doorbell.domain.packed import unpacked
from doorbell.domain.records import Incoming
from doorbell.payloads.documents import NotJson, document, exactly


def view_of(incoming: Incoming, event_id: str, body: bytes) -> dict[str, Any]:
    """`headers` have lower-case names; those that bear credentials are not among them, so that no
    transform can send them on."""
    return {
        "event": {
            "id": event_id,
            "type": incoming.event_type,
            "types": list(incoming.types),
            "source": incoming.source_id,
            "provider": incoming.provider,
            "tenant": incoming.tenant_id,
            "received_at": iso_time(incoming.received_at),
        },
        "body": body_value(body, incoming.content_type),
        "headers": {name: value for name, value in _lower(incoming) if not is_credential(name)},
    }


def body_value(body: bytes, content_type: str = "") -> Any:
    """The JSON value, or a form as the object of its fields; else the text, if it is UTF-8; each of them also
    where it came packed. Else `{"base64": …}` of what came."""
    try:
        return document(body, content_type, exactly)
    except NotJson:
        pass
    try:
        return unpacked(body).decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


def iso_time(epoch: float) -> str:
    """RFC 3339, UTC, milliseconds."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lower(incoming: Incoming) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in incoming.headers.items()]
