"""What a provider signs that writes its JSON anew before it signs. Loaded for schemes that have such a form.

JavaScript's way: no blanks, nothing escaped that need not be, numbers in their shortest form, keys that are
whole numbers first. (ECMA-262, JSON.stringify and Number::toString)
"""

import json
from collections.abc import Callable
from typing import Any

from doorbell.domain.forms import texts

FORMS = ("compact", "sorted", "payload")
PAYLOAD = "payload"
MAX_INDEX = 2**32 - 2
_DIGITS = 21
"""From 10^21 on, JavaScript writes a number with an exponent."""


def rewritten(form: str, body: bytes) -> bytes | None:
    """The body in that form; None where it has none."""
    if form == PAYLOAD:
        return _payload(body)
    try:
        value = json.loads(body)
        return _written(value, form == "sorted").encode()
    except (ValueError, RecursionError):
        return None


def _payload(body: bytes) -> bytes | None:
    """The form's field, if it has no other: what stands beside it would not be signed."""
    fields = texts(body)
    if list(fields) != [PAYLOAD] or len(fields[PAYLOAD]) != 1:
        return None
    return fields[PAYLOAD][0].encode("utf-8", "surrogatepass")


def _written(value: Any, sorts: bool) -> str:
    if isinstance(value, dict):
        keys = sorted(value) if sorts else list(value)
        keys = sorted(filter(_is_index, keys), key=int) + [key for key in keys if not _is_index(key)]
        return "{" + ",".join(f"{_text(key)}:{_written(value[key], sorts)}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_written(one, sorts) for one in value) + "]"
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return _number(float(value))
    return _text(value)


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and str(int(key)) == key and int(key) <= MAX_INDEX


_text: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode


def _number(value: float) -> str:
    """JavaScript has doubles only: a larger whole number loses its last digits there."""
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("no number of JSON")
    sign = "-" if value < 0 else ""
    digits, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, rest = digits.partition(".")
    rest = "" if rest == "0" else rest
    text, point = (whole + rest).lstrip("0"), len(whole) + int(exponent or 0)
    point -= len(whole + rest) - len(text)
    text = text.rstrip("0")
    if not text:
        return "0"
    if point > _DIGITS or point <= -6:
        mantissa = text[0] + (f".{text[1:]}" if len(text) > 1 else "")
        return f"{sign}{mantissa}e{point - 1:+d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{text}"
    if len(text) <= point:
        return sign + text.ljust(point, "0")
    return f"{sign}{text[:point]}.{text[point:]}"
