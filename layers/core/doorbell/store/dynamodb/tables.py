"""What all tables share: the TTL attribute, and how values travel.

DynamoDB's own form of a value is {"S": text}, {"N": digits}, …
(https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html). boto3's serializer
would do, but loads all of boto3 with it and takes numbers as Decimal only, which nothing here computes with.

Floats are epoch seconds; they travel with at most six decimal places. A Decimal travels as it is. Numbers
come back as int where whole, else float. None is never written at the top level: an absent attribute is None.
"""

from base64 import b64decode
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

TTL_ATTRIBUTE = "expires_at"
"""Epoch seconds; DynamoDB removes items some time (up to days) after, so readers check it too, and new items
are put over them."""

MAX_DIGITS = 38
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"""

_FEW_DIGITS = 10**15
"""Nothing need be asked of a whole number below that."""

_FINE_BELOW = 2.0**32
"""Below that no two numbers of six decimal places are the same float, and so these digits are the shortest
that tell it: epoch seconds are written in a fifth of the time that `round` and `str` take."""

type Item = dict[str, Any]
"""An item in DynamoDB's own form: {"name": {"S": "value"}}."""


def is_gone(values: Mapping[str, Any], now: float) -> bool:
    """Of an item as plain values, {} where there is none: removed, or to be removed."""
    return not values or values.get(TTL_ATTRIBUTE, now + 1) <= now


def marshal(values: Mapping[str, Any]) -> Item:
    """Plain values to an item; None is left out at the top level.

    `TypeError` for what no item can hold, `OverflowError` for a number of more than 38 digits.
    """
    return {
        name: {"S": value} if type(value) is str else _out(value)
        for name, value in values.items()
        if value is not None
    }


def unmarshal(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item to plain values. Bytes may be base64 text, as they travel: no other text has the type B."""
    return {name: _in(typed) if (text := typed.get("S")) is None else text for name, typed in item.items()}


def _out(value: Any) -> dict[str, Any]:
    """The plain kinds first: there are some thirty values for each delivery, and `match` asks long."""
    kind = type(value)
    if kind is str:
        return {"S": value}
    if kind is float:
        return {"N": _digits(value)}
    if kind is int and -_FEW_DIGITS < value < _FEW_DIGITS:
        return {"N": str(value)}
    match value:
        case str():
            return {"S": value}
        case int() if -_FEW_DIGITS < value < _FEW_DIGITS and not isinstance(value, bool):
            return {"N": str(value)}
        case bool():
            return {"BOOL": value}
        case int() | float() | Decimal():
            return {"N": _digits(value)}
        case bytes():
            return {"B": value}
        case None:
            return {"NULL": True}
        case Mapping():
            return {"M": {name: _out(entry) for name, entry in value.items()}}
        case list() | tuple():
            return {"L": [_out(entry) for entry in value]}
        case set() | frozenset() if value:
            return _set([_out(entry) for entry in value])
    raise TypeError(f"a {type(value).__name__} cannot be written to a table")


def _set(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """A set holds texts, or numbers, or bytes."""
    kinds = {kind for entry in entries for kind in entry}
    if len(kinds) > 1 or not kinds <= {"S", "N", "B"}:
        raise TypeError("a set of these cannot be written to a table")
    (kind,) = kinds
    return {f"{kind}S": [entry[kind] for entry in entries]}


def _digits(value: float | Decimal) -> str:
    if type(value) is float and 1.0 <= value < _FINE_BELOW:
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if not isfinite(value):
        raise TypeError(f"{value} cannot be written to a table")
    if isinstance(value, float):
        value = round(value, 6)
        value = int(value) if value.is_integer() else value
    text = str(value)
    if len(text) > MAX_DIGITS:
        digits = len(value.as_tuple().digits) if isinstance(value, Decimal) else len(text.lstrip("-"))
        if digits > MAX_DIGITS:
            raise OverflowError(f"a number of more than {MAX_DIGITS} digits cannot be written to a table")
    return text


def _in(typed: Mapping[str, Any]) -> Any:
    if (digits := typed.get("N")) is not None:
        return _number(digits)
    ((kind, value),) = typed.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "B":
            return b64decode(value) if isinstance(value, str) else value
        case "M":
            return {name: _in(entry) for name, entry in value.items()}
        case "L":
            return [_in(entry) for entry in value]
        case "NULL":
            return None
        case "SS":
            return set(value)
        case "NS":
            return {_number(entry) for entry in value}
        case "BS":
            return {_in({"B": entry}) for entry in value}
    raise TypeError(f"DynamoDB has no type {kind!r}")


def _number(text: str) -> int | float:
    if "." not in text:  # as epoch seconds have: what `int` raises costs more than all else here
        try:
            return int(text)
        except ValueError:
            pass
    number = float(text)
    return int(number) if number.is_integer() else number
