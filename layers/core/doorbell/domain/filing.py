"""Filing: subscriptions by what they name, so that an event looks at those it may concern, and at no others.

    ("type", "push")         each type that is named, where all globs are types or begin with a text
    ("prefix", "invoice.")   the text that a glob begins with, back to its last separator
    ("source", "stripe")     each source, where types say nothing
    ("all", "")              who names neither

Below each key those come apart whose filter begins with the equality of a field and a text: an event has one
text there. So who is found may still not match, and is asked; who is not found does not match.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from doorbell.domain.globs import first_special
from doorbell.domain.kept import Kept
from doorbell.domain.matching import OTHERS
from doorbell.domain.subscriptions import Interest

type Key = tuple[str, str]
type Path = tuple[str, ...]

SEPARATORS = frozenset("./:_-")
ALL: Final = ("all", "")
KEPT, FEW = 1024, 8
"""Keys of so many are kept that name so few: a tenant's subscriptions mostly name the same."""
_PATH = r"(?:body|event|headers)(?:\.[A-Za-z_][A-Za-z0-9_]*)+"
_EQUALITY = re.compile(rf"\s*({_PATH})\s*==\s*'([^'\\]*)'\s*(?:&&[^|]*)?", re.ASCII)
"""Nothing binds weaker than `&&` but `|` and `||`, https://jmespath.org/specification.html#grammar, and what
stands before `&&` is asked first. Numbers and booleans are equal in ways of their own."""


class Unknown(Exception):
    """What an event has at a path cannot be told: its body is gone."""


@dataclass(frozen=True, slots=True)
class Question:
    """`text_at` gives the text that the event has at a path of what filters see; None where that is no text.
    Raises `Unknown`, or whatever else keeps the body from being looked at."""

    source_id: str
    types: Sequence[str]
    text_at: Callable[[Path], str | None]

    def keys(self) -> list[Key] | None:
        """Where the event asks; None: everywhere, because it has types that are not on record."""
        if OTHERS in self.types:
            return None
        prefixes = {one[: at + 1] for one in self.types for at, c in enumerate(one) if c in SEPARATORS}
        types: list[Key] = [("type", one) for one in dict.fromkeys(self.types)]
        return [*types, *(("prefix", one) for one in prefixes), ("source", self.source_id), ALL]


class Concerned(Protocol):
    def concerning(self, question: Question) -> Iterable[Interest]:
        """Those that may want it, in order of their id."""


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """`after` is the id to go on from, None at the end."""

    subscriptions: Concerned
    after: str | None


def keys_of(wants: Interest) -> list[Key]:
    """Where a subscription is filed: every event that it wants asks at one of these."""
    types, sources = wants.event_types, wants.sources
    make = _kept_keys if len(types) + len(sources) <= FEW else _keys_of
    return [*make((types, sources))]


def _keys_of(named: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[Key, ...]:
    types, sources = named
    by_type = tuple(dict.fromkeys(map(_key_of, types)))
    if by_type and ("prefix", "") not in by_type:
        return by_type
    return tuple(("source", one) for one in dict.fromkeys(sources)) or (ALL,)


_kept_keys = Kept(_keys_of, KEPT)


def equality_of(expression: str | None) -> tuple[Path, str] | None:
    """The field, and the text it must be, of a filter that is false otherwise."""
    found = None if expression is None else _EQUALITY.fullmatch(expression)
    return None if found is None else (tuple(found[1].split(".")), found[2])


def _key_of(glob: str) -> Key:
    first = first_special(glob)
    if first is None:
        return "type", glob
    end = next((at for at in range(first, 0, -1) if glob[at - 1] in SEPARATORS), 0)
    return "prefix", glob[:end]


@dataclass(slots=True)
class _Shelf:
    """Numbers of those without an equality, and of those with one by path and text."""

    plain: list[int] = field(default_factory=list)
    equal: dict[Path, dict[str, list[int]]] = field(default_factory=dict)

    def found(self, question: Question) -> Iterator[int]:
        yield from self.plain
        for path, by_text in self.equal.items():
            try:
                text = question.text_at(path)
            except Unknown:
                yield from (number for numbers in by_text.values() for number in numbers)
                continue
            if text is not None:
                yield from by_text.get(text, ())


class Filing:
    """Numbers, by what their subscriptions want. One that is disabled is filed nowhere."""

    __slots__ = ("_shelves",)

    def __init__(self) -> None:
        self._shelves: dict[Key, _Shelf] = {}

    def file(self, number: int, wants: Interest) -> None:
        equality = equality_of(wants.filter)
        for key in keys_of(wants) if wants.enabled else ():
            shelf = self._shelves.get(key)
            if shelf is None:
                shelf = self._shelves[key] = _Shelf()
            if equality is None:
                shelf.plain.append(number)
            else:
                path, text = equality
                shelf.equal.setdefault(path, {}).setdefault(text, []).append(number)

    def found(self, question: Question) -> set[int]:
        keys = question.keys()
        there = self._shelves.values() if keys is None else map(self._shelves.get, keys)
        return {number for shelf in there if shelf is not None for number in shelf.found(question)}


class Filed:
    """Subscriptions, given in order of their id."""

    def __init__(self, wanting: Iterable[Interest]) -> None:
        self._wanting, self._filing = list(wanting), Filing()
        for number, one in enumerate(self._wanting):
            self._filing.file(number, one)

    def concerning(self, question: Question) -> Iterator[Interest]:
        return (self._wanting[number] for number in sorted(self._filing.found(question)))
