"""The forms a handshake's answer takes."""

import json
from collections.abc import Mapping

from doorbell.domain.requests import Answer

NOSNIFF = {"x-content-type-options": "nosniff"}
MAX_ECHO = 4096
"""More than this is no provider's challenge."""


def echo(text: str, status: int = 200) -> Answer:
    """Give `text` back in a form that no browser takes for a page."""
    return Answer(status, text, "text/plain; charset=utf-8", NOSNIFF)


def as_json(value: Mapping[str, object], status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, separators=(",", ":")), "application/json", NOSNIFF)


def empty(status: int = 200) -> Answer:
    return Answer(status, "", "text/plain; charset=utf-8")
