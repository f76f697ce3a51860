"""Forms: their fields as texts, and as an object for filters, transforms, schemas, types and keys.

A field that is given once is its text, one given several times a list of them; a file is its name and size.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from doorbell.domain.multipart import parts

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_FIELDS = 1000
JSON_FIELDS = ("payload", "mandrill_events")
"""Fields that are JSON, as GitHub, Slack and Mandrill send them, and are read so where they hold an object or
a list. No others: what people write into a field must not change its kind."""


def is_form(content_type: str) -> bool:
    """By its content type."""
    return content_type.partition(";")[0].strip().lower() in (FORM, MULTIPART)


def texts(body: bytes) -> dict[str, list[str]]:
    """The fields' texts by name, in order; files are left out. None of them where it is no form."""
    found = parts(body)
    if found is None:
        return _urlencoded(body)
    fields: dict[str, list[str]] = {}
    for part in found:
        if part.filename is None:
            fields.setdefault(part.name, []).append(part.data.decode(errors="replace"))
    return fields


def as_object(body: bytes, read_json: Callable[[str], Any]) -> dict[str, Any] | None:
    """None for what is no form. `read_json` raises `ValueError` or `RecursionError`."""
    if b"=" not in body:
        return None
    fields: dict[str, list[Any]] = dict(texts(body))
    for name in JSON_FIELDS:
        if name in fields:
            fields[name] = [_read(text, read_json) for text in fields[name]]
    for part in parts(body) or ():
        if part.filename is not None:
            fields.setdefault(part.name, []).append({"filename": part.filename, "size": len(part.data)})
    return {name: given[0] if len(given) == 1 else given for name, given in fields.items()} or None


def _urlencoded(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}


def _read(text: str, read_json: Callable[[str], Any]) -> Any:
    try:
        found = read_json(text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict | list) else text
