"""What a person is told of an event, before it takes the form of a tool.

Doorbell's own events (`domain.own_events`) say it in their body. Of any other, the title is its type and its
source, the text its body; a transform says it better: its result is the text, or an object of `title`,
`text`, `severity`, `state` and `key`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from doorbell.domain import json_text
from doorbell.domain.own_events import PROVIDER, SOURCE
from doorbell.domain.records import StoredEvent
from doorbell.payloads.errors import COMPOSE_FAILED, ComposeError
from doorbell.payloads.transform import transformed
from doorbell.payloads.views import body_value, iso_time

SEVERITIES: Final = ("critical", "error", "warning", "info")
CLOSED: Final = "closed"
STATES: Final = ("open", CLOSED)
FIELDS: Final = ("title", "text", "severity", "state", "key")
MOST_CHARS: Final = 20_000
"""Of a text before a tool's own limit: more is never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`key` is that of the trouble it is about, which a later message with the `state` "closed" ends.
    `is_code`: the text is data, shown as it is. `at`: RFC 3339."""

    title: str
    text: str
    source: str
    severity: str
    state: str
    key: str
    at: str
    kind: str
    is_code: bool = False

    @property
    def is_closed(self) -> bool:
        return self.state == CLOSED


def message_of(event: StoredEvent, body: bytes, transform: str | None = None) -> Message:
    """Raises `ComposeError`: the transform failed, or its result is no message."""
    incoming = event.incoming
    plain = Message(
        title=f"{incoming.event_type} from {incoming.source_id}",
        text="",
        source=f"{incoming.tenant_id}/{incoming.source_id}",
        severity="info",
        state="open",
        key=event.event_id,
        at=iso_time(incoming.received_at),
        kind=incoming.event_type,
    )
    if transform is not None:
        return _said(plain, json_text.loads_any(transformed(transform, event, body).decode()))
    value = body_value(body, incoming.content_type)
    if incoming.source_id == SOURCE and incoming.provider == PROVIDER and isinstance(value, dict):
        return _said(plain, {name: value[name] for name in FIELDS if name in value})
    return _with(plain, text=_shown(value), is_code=True)


def cut(text: str, most: int) -> str:
    """At most `most` characters, the last of them an ellipsis where something is left out. No tool says
    whether an emoji is one of them or, as UTF-16 has it, two: it is taken for two."""
    if width(text) <= most:
        return text
    room, kept = most - 1, 0
    for character in text[:room]:
        room -= width(character)
        if room < 0:
            break
        kept += 1
    return text[:kept] + "…"


def width(text: str) -> int:
    """In units of UTF-16."""
    return len(text) + sum(character > "\uffff" for character in text)


def _said(plain: Message, said: Any) -> Message:
    if isinstance(said, str):
        return _with(plain, text=said[:MOST_CHARS])
    if not isinstance(said, dict) or not set(said) <= set(FIELDS) or not said:
        raise _no_message(f"is neither a text nor an object of {', '.join(FIELDS)}")
    for name, value in said.items():
        if not isinstance(value, str) or not value.strip():
            raise _no_message(f"{name} is not a text")
    if said.get("severity", "info") not in SEVERITIES:
        raise _no_message(f"severity is none of {', '.join(SEVERITIES)}")
    if said.get("state", "open") not in STATES:
        raise _no_message(f"state is none of {', '.join(STATES)}")
    return _with(plain, **{**said, "text": said.get("text", "")[:MOST_CHARS]})


def _with(plain: Message, **changes: Any) -> Message:
    made = replace(plain, **changes)
    return replace(made, title=" ".join(made.title.split()) or plain.title)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value[:MOST_CHARS]
    if isinstance(value, Mapping | list):
        return json.dumps(value, indent=2, ensure_ascii=False, default=_number)[:MOST_CHARS]
    return str(value)[:MOST_CHARS]


def _number(value: Any) -> str:
    """One that keeps its digits."""
    return str(getattr(value, "text", value))


def _no_message(what: str) -> ComposeError:
    return ComposeError(COMPOSE_FAILED, f"the transform's result {what}: no message for a preset")
