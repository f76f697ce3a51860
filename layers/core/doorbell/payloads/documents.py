"""What a body says: JSON, or a form as the object of its fields, packed or not."""

from collections.abc import Callable
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.forms import as_object, is_form
from doorbell.domain.multipart import parts
from doorbell.domain.packed import unpacked

type Read = Callable[[bytes | str], Any]
"""Parses JSON; raises `ValueError` or `RecursionError`."""


class NotJson(Exception):
    """The bytes are neither one JSON text in UTF-8 (RFC 8259) nor a form."""


def document(body: bytes, content_type: str, read: Read) -> Any:
    """What calls itself a form and is an object or a list in JSON, is JSON: some clients call all that they
    send a form. Raises `NotJson`."""
    inside = unpacked(body)
    try:
        value, is_json = read(inside), True
    except (ValueError, RecursionError):
        value, is_json = None, False
    if not isinstance(value, dict | list) and (is_form(content_type) or parts(inside) is not None):
        fields = as_object(inside, read)
        if fields is not None:
            return fields
    if not is_json:
        raise NotJson
    return value


def exactly(text: bytes | str) -> Any:
    """Strict: no NaN and no Infinity; numbers keep their digits."""
    return json_text.loads_any(text)
