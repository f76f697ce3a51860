"""The parts of a message of the inbox queue. Each raises `Unreadable` for what it cannot be."""

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.events import TYPE_CHARACTERS
from doorbell.domain.inbox import Unreadable

MAX_TYPE_CHARS = 128
MAX_KEY_CHARS = 256
MAX_HEADER_CHARS = 1024
HOPS = "doorbell-hops"
"""By which what Doorbell itself has sent is known: the name of a message attribute."""


def text_at(message: Mapping[str, Any], name: str, most: int = 1_000_000) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{name} is not a text")
    if len(value) > most:
        raise Unreadable(f"{name} has more than {most} characters")
    return value


def type_of(text: str) -> str:
    return re.sub(f"[^{TYPE_CHARACTERS}]", "_", text)[:MAX_TYPE_CHARS]


def moment(text: object) -> float | None:
    """Epoch seconds; None where it says nothing."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo is not None else None


def packed_value(text: object) -> Any:
    """As JSON, if it is that; else as `{"base64": …}`, as filters see any other body."""
    try:
        raw = b64decode(str(text), validate=True)
    except ValueError as error:
        raise Unreadable("data_base64 is no base64") from error
    try:
        return json_text.loads(raw)
    except (ValueError, RecursionError):
        return {"base64": str(text)}


def told_as(prefix: str, told: Mapping[str, object]) -> dict[str, str]:
    """What else the envelope says; filters see it under `headers`."""
    found = {}
    for name, value in told.items():
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value or "")
        if text and text.isprintable() and text.isascii():
            found[f"{prefix}-{name}"] = text[:MAX_HEADER_CHARS]
    return found


def hops_told(told: object) -> int:
    """Of texts like `doorbell-hops/2`, as Doorbell's targets write them where nothing else has a place."""
    for one in told if isinstance(told, list) else ():
        if isinstance(one, str) and one.startswith(f"{HOPS}/"):
            return next_hop(one.partition("/")[2])
    return 0


def next_hop(text: object) -> int:
    """One more than its cause's, where the message says that Doorbell is its cause."""
    if text is None:
        return 0
    if not str(text).isdecimal() or len(str(text)) > 3:
        raise Unreadable("the hops are no small whole number")
    return int(str(text)) + 1
