"""Plain filters, and when they surely say no: told without JMESPath's parser and interpreter, in a tenth of
the time. A tenant may have thousands of them, each its own.

    body.account.id == 'acct_1' && contains(body.labels, 'bug') || headers."x-test" == 'yes'

A plain filter is made of fields, comparisons with a text or a whole number, and three functions, joined by
`&&` and `||`. Nothing but a sure no is told. The filter is evaluated as any other where the answer may be
yes, where a function would fail, and where a value is of a kind that compares in ways of its own.
https://jmespath.org/specification.html
"""

import operator
import re
from collections.abc import Callable
from itertools import repeat
from types import NoneType
from typing import Any, Final

from doorbell.domain.kept import Kept

KEPT: Final = 4096
"""Some 1 KiB each at most."""
PATHS_KEPT: Final = 1024
MAX_CHARS: Final = 256
MAX_PARTS: Final = 16
"""So an evaluation never comes near what it may cost: what is no here cannot be too costly there."""
MAX_TEXT_CHARS: Final = 65_536
MAX_ELEMENTS, MAX_ELEMENT_CHARS = 200, 256
"""Of what functions look at, for the same reason."""

type Path = tuple[str, ...]
type Answer = bool | None
"""None: that has to be evaluated."""
type Part = tuple[Callable[[Any, Any], Answer], Path, str | int | None]
type Plain = tuple[tuple[Part, ...], ...]
"""One of these, each part of it."""

_GAP = r"[ \t\n\r]*"
_NAME = r'(?:[A-Za-z_][A-Za-z0-9_]*|"[ !#-\[\]-~]+")'
_FIELD = rf"(?:body|event|headers)(?:\.{_NAME})+"
_TEXT, _WHOLE = r"'([^'\\]*)'", r"`(-?[1-9][0-9]{0,14}|0)`"
_CALL = rf"(starts_with|ends_with|contains)\({_GAP}({_FIELD}){_GAP},{_GAP}{_TEXT}{_GAP}\)"
_COMPARED = rf"({_FIELD})(?:{_GAP}(?:(==|!=){_GAP}{_TEXT}|(==|!=|<=|>=|<|>){_GAP}{_WHOLE}))?"
_PART = re.compile(rf"{_GAP}(?:{_CALL}|{_COMPARED}){_GAP}(&&|\|\||\Z)", re.ASCII)
_NAMES = re.compile(_NAME, re.ASCII)

_TEXTS: Final = frozenset({NoneType, str, bool, int, float, list, dict})
_NUMBERS: Final = frozenset({int, float})
_OTHERS: Final = frozenset({NoneType, str, list, dict})


def says_no(expression: str, view: object) -> bool:
    """Whether the filter is plain, and evaluating it would give no, and no error."""
    plain = _plain(expression)
    return plain is not None and all(map(_is_no, plain, repeat(view)))


def _is_no(parts: tuple[Part, ...], view: object) -> bool:
    """What stands behind a no is not asked; what stands behind a doubt might fail."""
    for ask, path, value in parts:
        found: Any = view
        for name in path:
            found = found.get(name) if type(found) is dict else None
        answer = ask(found, value)
        if not answer:
            return answer is not None
    return False


def _read(expression: str) -> Plain | None:
    if len(expression) > MAX_CHARS:
        return None
    either: list[tuple[Part, ...]] = []
    parts: list[Part] = []
    at = 0
    for _ in range(MAX_PARTS):
        found = _PART.match(expression, at)
        if found is None:
            return None
        parts.append(_part(found))
        then, at = found[9], found.end()
        if then != "&&":
            either.append(tuple(parts))
            parts = []
        if not then:
            return tuple(either)
    return None


_plain = Kept(_read, KEPT)


def _part(found: re.Match[str]) -> Part:
    function, of, text, field, equal, to_text, how, number, _ = found.groups()
    if function is not None:
        return _CALLS[function], _path(of), text
    if equal is not None:
        return (_is_text if equal == "==" else _is_no_text), _path(field), to_text
    if how is not None:
        return _COMPARISONS[how], _path(field), int(number)
    return _is_true, _path(field), None


def _names(field: str) -> Path:
    return tuple(name.strip('"') for name in _NAMES.findall(field))


_path = Kept(_names, PATHS_KEPT)
"""Filters differ in what they ask for, seldom in where."""


def _is_text(found: Any, text: Any) -> Answer:
    return found == text if type(found) in _TEXTS else None


def _is_no_text(found: Any, text: Any) -> Answer:
    return found != text if type(found) in _TEXTS else None


def _is_true(found: Any, _: Any) -> Answer:
    """A number always is."""
    kind = type(found)
    if kind in _NUMBERS:
        return True
    return bool(found) if kind in _OTHERS or kind is bool else None


def _equal(found: Any, number: Any) -> Answer:
    kind = type(found)
    if kind in _NUMBERS:
        return bool(found == number)
    return False if kind in _OTHERS else None


def _not_equal(found: Any, number: Any) -> Answer:
    equal = _equal(found, number)
    return None if equal is None else not equal


def _ordered(how: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Answer]:
    """Text beside a number is an error, and what is neither is null."""

    def ask(found: Any, number: Any) -> Answer:
        kind = type(found)
        if kind in _NUMBERS:
            return bool(how(found, number))
        return False if found is None or kind in (list, dict) else None

    return ask


def _starts(found: Any, text: Any) -> Answer:
    return found.startswith(text) if _is_short(found) else None


def _ends(found: Any, text: Any) -> Answer:
    return found.endswith(text) if _is_short(found) else None


def _contains(found: Any, text: Any) -> Answer:
    if type(found) is list:
        short = all(type(one) is str and len(one) <= MAX_ELEMENT_CHARS for one in found[:MAX_ELEMENTS])
        return text in found if short and len(found) <= MAX_ELEMENTS else None
    return text in found if _is_short(found) else None


def _is_short(found: Any) -> bool:
    return type(found) is str and len(found) <= MAX_TEXT_CHARS


_CALLS = {"starts_with": _starts, "ends_with": _ends, "contains": _contains}
_COMPARISONS: dict[str, Callable[[Any, Any], Answer]] = {
    "==": _equal,
    "!=": _not_equal,
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
}
