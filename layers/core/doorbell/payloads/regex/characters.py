"""The characters that a part of a regular expression takes, as Python's parser reads it."""

from __future__ import annotations

import re
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_SOME = "aZ_09 \n\x00-é中٠\u2028"


def fits(op: Any, value: Any, character: str) -> bool:
    code = ord(character)
    if op is ops.LITERAL:
        return bool(code == value)
    if op is ops.NOT_LITERAL:
        return bool(code != value)
    if op is ops.RANGE:
        return bool(value[0] <= code <= value[1])
    if op is ops.CATEGORY:
        return re.match(_CATEGORIES[str(value)], character) is not None
    if op is ops.IN:
        but = value[0][0] is ops.NEGATE
        return but is not any(fits(kind, one, character) for kind, one in value[but:])
    return op is not ops.ANY or character != "\n"


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def alphabet_of(pattern: str, tree: Any) -> str:
    """One character at least of each kind that the pattern tells apart: those that it names, as the parser
    reads them, their neighbours, and some of everything."""
    codes = (
        {ord(character) for character in _SOME}
        | {ord(character) for character in pattern}
        | set(_codes(tree))
    )
    around = {code + step for code in codes for step in (-1, 0, 1)}
    return "".join(chr(code) for code in sorted(around) if 0 <= code < 0x110000)


def _codes(tree: Any) -> list[int]:
    """The numbers anywhere in it: characters most of them."""
    found, pending = list[int](), [tree]
    while pending:
        one = pending.pop()
        if isinstance(one, int):
            found.append(int(one))
        elif isinstance(one, (list, tuple, _parser.SubPattern)):
            pending.extend(one)
    return found
