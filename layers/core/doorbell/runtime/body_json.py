"""An event's body as JSON, the same over HTTP and from the CLI."""

from base64 import b64encode
from typing import Any

from doorbell.usecases.show_body import EventBody


def body_json(found: EventBody) -> dict[str, Any]:
    """Its type is told and never acted on: the body is text, or base64 where it is none."""
    incoming, text = found.event.incoming, None if found.body is None else text_of(found.body)
    return {
        "event_id": found.event.event_id,
        "content_type": incoming.content_type,
        "size": incoming.body.size,
        "headers": dict(incoming.headers),
        "body": text,
        "body_base64": b64encode(found.body).decode() if found.body is not None and text is None else None,
        "link": found.link,
    }


def text_of(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
