"""JSON as it is defined, which Python's own reader is not: https://www.rfc-editor.org/rfc/rfc8259

It is UTF-8 (8.1), a byte order mark at its start is taken off. Numbers keep the digits they came with, see
`digits`.
"""

import json
import math
import os
from typing import Any

from doorbell.domain.digits import Digits, number, whole


def loads(text: str | bytes) -> Any:
    """Raises `ValueError` or `RecursionError`; also for NaN, Infinity and a number that becomes one."""
    text = _decoded(text)
    return json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_parse_int(text))


def loads_any(text: str | bytes) -> Any:
    """The same; a number beyond every float is infinity."""
    text = _decoded(text)
    return json.loads(text, parse_constant=_refuse, parse_float=number, parse_int=_parse_int(text))


def loads_plain(text: str | bytes) -> Any:
    """The same, for those who write none of its numbers: they are Python's own."""
    return json.loads(_decoded(text), parse_constant=_refuse)


def dumps(value: Any) -> bytes:
    """In UTF-8, as short as it can be; half a surrogate pair, which UTF-8 cannot bear, escaped as it came.
    Raises `ValueError`, `TypeError` or `RecursionError` for what is no JSON."""
    try:
        return written(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return written(value).encode()


def written(value: Any, *, ensure_ascii: bool = True) -> str:
    """As text. The library writes a mark, a whole number that nobody can foresee, in the place of each number
    that keeps its digits: all else is written at its full speed."""
    mark, kept = int.from_bytes(os.urandom(16)) | 1 << 127, list[str]()

    def marked(number: object) -> int:
        if not isinstance(number, Digits):
            raise TypeError(f"a {type(number).__name__} is no JSON")
        kept.append(number.text)
        return mark

    text = json.dumps(
        value, allow_nan=False, ensure_ascii=ensure_ascii, separators=(",", ":"), default=marked
    )
    if not kept:
        return text
    pieces = text.split(str(mark))
    assert len(pieces) == len(kept) + 1, "one in 2^127: the mark is in the text by itself"
    return "".join(part for pair in zip(pieces, [*kept, ""], strict=True) for part in pair)


def _decoded(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8-sig")


def _parse_int(text: str) -> Any:
    """None, the quick way, unless there is a whole number that must be looked at."""
    return whole if "-0" in text else None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float | Digits:
    value = number(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{text} is out of range")
    return value
