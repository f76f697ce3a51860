"""The elements of a list in a JSON text, each as it was written: no digit and no blank of it changes."""

import re
from collections.abc import Iterator, Sequence
from json import JSONDecoder

_BLANKS = re.compile(r"[ \t\n\r]*")
_decoder = JSONDecoder()

type Span = tuple[int, int]
"""Where a value begins and ends."""


def slices(text: str, steps: Sequence[str], most: int) -> list[str]:
    """The elements of the lists that `[]` stands for among `steps`, whose others are names of members; none
    where they lead nowhere, `most` + 1 where there are more. What is no JSON: a `ValueError`, or too few."""
    found: list[str] = []
    for start, end in _spans(text, (_skip(text, 0), len(text)), steps):
        found.append(text[start:end])
        if len(found) > most:
            break
    return found


def _spans(text: str, at: Span, steps: Sequence[str]) -> Iterator[Span]:
    if not steps:
        yield at
        return
    step, opening = steps[0], text[at[0] : at[0] + 1]
    if step == "[]" and opening == "[":
        for element in _elements(text, at[0]):
            yield from _spans(text, element, steps[1:])
    elif step != "[]" and opening == "{":
        members = dict(_members(text, at[0]))  # of a name given twice the last counts, as for any reader
        if step in members:
            yield from _spans(text, members[step], steps[1:])


def _elements(text: str, start: int) -> Iterator[Span]:
    at = _skip(text, start + 1)
    while text[at : at + 1] != "]":
        end = _end(text, at)
        yield at, end
        at = _next(text, end, "]")


def _members(text: str, start: int) -> Iterator[tuple[str, Span]]:
    at = _skip(text, start + 1)
    while text[at : at + 1] != "}":
        name, end = _decoder.raw_decode(text, at)
        at = _skip(text, _expected(text, _skip(text, end), ":"))
        end = _end(text, at)
        yield name, (at, end)
        at = _next(text, end, "}")


def _next(text: str, at: int, closing: str) -> int:
    at = _skip(text, at)
    return at if text[at : at + 1] == closing else _skip(text, _expected(text, at, ","))


def _expected(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise ValueError(f"no {mark} at {at}")
    return at + 1


def _end(text: str, at: int) -> int:
    return _decoder.raw_decode(text, at)[1]


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return at if found is None else found.end()
