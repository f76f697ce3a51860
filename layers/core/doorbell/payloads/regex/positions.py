"""A regular expression as positions: what each takes, and which may follow which (Glushkov's automaton).

Good for telling how a search may go on, not for searching: what is looked at without being taken stands
aside, a reference to a group stands for any text, and a high count for any count.
https://en.wikipedia.org/wiki/Glushkov%27s_construction_algorithm
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from doorbell.payloads.regex.characters import alphabet_of, fits
from doorbell.payloads.regex.parts import Part, added, times

MAX_POSITIONS = 10_000
FEW_WAYS = 16
"""Of so many, each may be nothing, where they stand alone: some ten thousand ways, however long the text."""
UNROLLED, UNROLLED_EXACT = 3, 5
"""Counts up to this are written out; a higher one is any count: `{2,64}` on text without an end."""


class TooMany(Exception):
    """More positions than are looked at."""


@dataclass(slots=True)
class Positions:
    """`takes`: for each position a bit for each kind of character; `follows`: where it may go on, and in how
    many ways."""

    takes: list[int] = field(default_factory=list)
    follows: list[dict[int, int]] = field(default_factory=list)


def positions_of(pattern: str) -> Positions:
    """Of a search: where it may begin anywhere, any text comes before. Raises `re.error`, `TooMany`,
    `RecursionError`."""
    tree = _parser.parse(pattern)
    items, made = _needed(list(tree)), Positions()
    build = _Build(made, alphabet_of(pattern, tree), bool(tree.state.flags & re.IGNORECASE))
    if not items or items[0] not in _BEGINNINGS:
        items.insert(0, (ops.MAX_REPEAT, (0, ops.MAXREPEAT, [(_ANYTHING, None)])))
    build.sequence(items)
    return made


_ANYTHING = object()


_BEGINNINGS = ((ops.AT, ops.AT_BEGINNING), (ops.AT, ops.AT_BEGINNING_STRING))
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


def _needed(items: list[Any]) -> list[Any]:
    """Without more of what a search has found already when it comes to its end."""
    while items and items[-1][0] in _REPEATS:
        op, (least, _, inside) = items[-1]
        if least:
            return [*items[:-1], (op, (least, least, inside))]
        items = items[:-1]
    return items


@dataclass(slots=True)
class _Build:
    into: Positions
    alphabet: str
    any_case: bool
    known: dict[tuple[Any, str], int] = field(default_factory=dict)
    within: int = 0
    looped: int = 0

    def sequence(self, items: Any) -> Part:
        whole = Part()
        for op, value in items:
            whole = self._then(whole, self._one(op, value))
        return whole

    def _then(self, left: Part, right: Part) -> Part:
        self._follow(left.last, right.first)
        first = added(left.first, times(right.first, left.skips))
        last = added(times(left.last, right.skips), right.last)
        return Part(first, last, min(2, left.skips * right.skips))

    def _one(self, op: Any, value: Any) -> Part:
        if op in _REPEATS:
            return self._repeat(*value)
        if op is ops.SUBPATTERN:
            return self.sequence(value[-1])
        if op is ops.ATOMIC_GROUP:
            return self.sequence(value)
        if op is ops.BRANCH:
            return self._either([self.sequence(one) for one in value[1]])
        if op is ops.GROUPREF_EXISTS:
            return self._either([self.sequence(one or ()) for one in value[1:]])
        if op is ops.GROUPREF or op is _ANYTHING:
            part = self._position((1 << len(self.alphabet)) - 1)
            return part if op is _ANYTHING else self._loop(part)
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            self.sequence(value[1])
            return Part()
        if op is ops.AT:
            return Part()
        return self._position(self._bits(op, value))

    def _either(self, parts: list[Part]) -> Part:
        whole = Part(skips=0)
        for part in parts:
            skips = min(2, whole.skips + part.skips)
            whole = Part(added(whole.first, part.first), added(whole.last, part.last), skips)
        return whole

    def _repeat(self, least: int, most: Any, inside: Any) -> Part:
        if not self._is_written_out(least, most, inside):
            is_alone = not self.looped and not self.within
            self.looped += 1
            part = self.sequence(inside)
            self.looped -= 1
            if part.skips and most is not ops.MAXREPEAT and (most > FEW_WAYS or not is_alone):
                self._follow(part.last, part.first)
            return self._loop(part, skips=least == 0)
        whole = Part()
        self.within += most > 1
        for number in range(min(most, 2 * UNROLLED_EXACT)):
            part = self.sequence(inside)
            skips = part.skips if number < least else min(2, part.skips + 1)
            whole = self._then(whole, Part(part.first, part.last, skips))
        self.within -= most > 1
        return whole

    def _is_written_out(self, least: int, most: Any, inside: Any) -> bool:
        """One of which each may be nothing, or one in another, has too many ways for its size."""
        shortest, longest = inside.getwidth() if isinstance(inside, _parser.SubPattern) else (1, 1)
        if most <= 1 or (most == least and shortest == longest > 0):
            return True
        return shortest > 0 and not self.within and most <= (UNROLLED_EXACT if most == least else UNROLLED)

    def _loop(self, part: Part, *, skips: bool = True) -> Part:
        self._follow(part.last, part.first)
        return Part(part.first, part.last, 2 if part.skips else int(skips))

    def _follow(self, left: Mapping[int, int], right: Mapping[int, int]) -> None:
        for position, ways in left.items():
            row = self.into.follows[position]
            row.update(added(row, times(right, ways)))

    def _position(self, bits: int) -> Part:
        if len(self.into.takes) >= MAX_POSITIONS:
            raise TooMany
        here = {len(self.into.takes): 1}
        self.into.takes.append(bits)
        self.into.follows.append({})
        return Part(here, here, skips=0)

    def _bits(self, op: Any, value: Any) -> int:
        key = (op, repr(value))
        if key not in self.known:
            taken = (self._takes(op, value, character) for character in self.alphabet)
            self.known[key] = sum(1 << n for n, takes in enumerate(taken) if takes)
        return self.known[key]

    def _takes(self, op: Any, value: Any, character: str) -> bool:
        cases = {character, character.lower(), character.upper()} if self.any_case else {character}
        return any(fits(op, value, one) for one in cases if len(one) == 1)
