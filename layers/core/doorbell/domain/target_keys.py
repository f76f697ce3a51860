"""Keys of objects and records: templates over an event, such as `{source}/{year}-{month}-{day}/{id}`."""

import re
from datetime import UTC, datetime
from typing import Any, Final

from doorbell.domain import json_text

NAMES: Final = (
    "id", "type", "source", "provider", "tenant", "subscription", "year", "month", "day", "hour",
)  # fmt: skip
"""The time is that of the ring, in UTC, so a repeated send has the same key."""
OF_OBJECTS: Final = "{subscription}/{year}/{month}/{day}/{id}"
OF_RECORDS: Final = "{id}"
MAX_TEMPLATE_CHARS: Final = 200
MAX_VALUES: Final = 6
MAX_VALUE_CHARS: Final = 64
"""An object's key has at most 1,024 bytes, and stays below: 300 of the ARN, 200 and six times 64.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
MAX_RECORD_KEY_CHARS: Final = 256
"""https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html"""
NOTHING: Final = "-"
"""Stands for a value that is empty or not there."""

_VALUE = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"body(\.[A-Za-z0-9_-]{1,64}){1,8}")
_LITERAL = re.compile(r"[A-Za-z0-9!_.=@+:,/-]*")
_ELSE = re.compile(r"[^A-Za-z0-9_.=@+:-]")


def problem_with_key(template: str) -> str | None:
    if not 1 <= len(template) <= MAX_TEMPLATE_CHARS:
        return f"must have 1 to {MAX_TEMPLATE_CHARS} characters"
    values = _VALUE.findall(template)
    for one in values:
        if one not in NAMES and _PATH.fullmatch(one) is None:
            return f"{{{one}}} is nothing of an event: there are {', '.join(NAMES)}, and body.FIELD"
    if len(values) > MAX_VALUES:
        return f"at most {MAX_VALUES} values of an event"
    if _LITERAL.fullmatch(_VALUE.sub("", template)) is None:
        return "beside {names} only letters, digits and ! _ . = @ + : , / - may stand there"
    if any(part in ("", ".", "..") for part in template.split("/")):
        return "a part between slashes is empty, or only dots"
    return None


def filled(template: str, known: dict[str, str], received_at: float, body: bytes) -> str:
    """Characters of a value that have a meaning in paths become `_`, and only its first 64 stay."""
    at = datetime.fromtimestamp(received_at, UTC)
    times = {"year": f"{at:%Y}", "month": f"{at:%m}", "day": f"{at:%d}", "hour": f"{at:%H}"}
    values = {**known, **times}
    whole = _parsed(body) if "{body." in template else None
    return _VALUE.sub(
        lambda one: _plain(values[one[1]] if one[1] in values else _at(whole, one[1])),
        template,
    )


def _plain(text: str) -> str:
    short = _ELSE.sub("_", text)[:MAX_VALUE_CHARS] or NOTHING
    return "_" if short in (".", "..") else short


def _parsed(body: bytes) -> Any:
    try:
        return json_text.loads_plain(body)
    except (ValueError, RecursionError):
        return None


def _at(whole: Any, path: str) -> str:
    """Text, whole numbers and truth values only."""
    for name in path.split(".")[1:]:
        whole = whole.get(name) if isinstance(whole, dict) else None
    if isinstance(whole, bool):
        return str(whole).lower()
    return str(whole) if isinstance(whole, str | int) else ""
