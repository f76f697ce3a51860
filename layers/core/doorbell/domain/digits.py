"""Numbers that are written as they came: `1.10`, `1E5`, `123456789012345.123456`.

A float that Python writes as it was written is left a float, which most are. The others keep their text, are
compared by the value it states, to the last digit, and calculate as the float they are nearest to.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from numbers import Number
from typing import Any


def _compared(how: Callable[[Decimal, Decimal], bool]) -> Callable[[Digits, object], bool]:
    def compare(one: Digits, other: object) -> bool:
        value = _exact(other)
        return NotImplemented if value is None else how(_stated(one.text), value)

    return compare


class Digits:
    """A JSON number by its text; the nearest float is finite."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    __lt__, __le__ = _compared(operator.lt), _compared(operator.le)
    __gt__, __ge__ = _compared(operator.gt), _compared(operator.ge)

    def __eq__(self, other: object) -> bool:
        value = _exact(other)
        return value is not None and _stated(self.text) == value

    def __hash__(self) -> int:
        return hash(_stated(self.text))

    def __repr__(self) -> str:
        return self.text

    def __float__(self) -> float:
        return float(self.text)

    def __add__(self, other: Any) -> Any:
        return float(self) + other

    __radd__ = __add__

    def __abs__(self) -> Digits:
        return Digits(self.text.removeprefix("-"))

    def __ceil__(self) -> int:
        return math.ceil(float(self))

    def __floor__(self) -> int:
        return math.floor(float(self))


Number.register(Digits)


def number(text: str) -> float | Digits:
    """For `parse_float`. Where no float is near enough, infinity, as ever."""
    value = float(text)
    return value if repr(value) == text or math.isinf(value) else Digits(text)


def whole(text: str) -> int | Digits:
    """For `parse_int`. Of all whole numbers only `-0` would be written otherwise than it came."""
    return Digits(text) if text == "-0" else int(text)


def _exact(value: object) -> Decimal | None:
    """What a number states, a float by how Python writes it. None for what is no number."""
    if isinstance(value, Digits):
        return _stated(value.text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def _stated(text: str) -> Decimal:
    """An exponent that no Decimal has is so small that the float is 0."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(float(text))
