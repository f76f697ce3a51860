"""JSON as it is defined, which Python's own reader is not: https://www.rfc-editor.org/rfc/rfc8259"""

import json
import math
from typing import Any


def loads(text: str | bytes) -> Any:
    """Raises `ValueError` or `RecursionError`; also for NaN, Infinity and a number that becomes one."""
    return json.loads(text, parse_constant=_refuse, parse_float=_finite)


def dumps(value: Any) -> bytes:
    """In UTF-8, as short as it can be; half a surrogate pair, which UTF-8 cannot bear, escaped as it came.
    Raises `ValueError`, `TypeError` or `RecursionError` for what is no JSON."""
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is out of range")
    return number
