"""Globs over event types, matched in one pass: one step for each character, whatever the glob.

They mean what `fnmatch.fnmatchcase` takes them to mean, but that a range which runs backward holds nothing,
whatever stands behind it. That function makes a regular expression of each, which does not explode either
(https://github.com/python/cpython/issues/84660), but takes some 0.2 ms to compile, and a tenant may have more
globs than are kept compiled. Here a glob is a row of places; the places that the text may have come to are
the bits of one number, which moves on with every character.
"""

from __future__ import annotations

import re

from doorbell.domain.kept import Kept

KEPT = 1024
"""Compiled globs. Most are none: they name a type, or end with their only star."""

_SPECIAL = re.compile(r"[*?\[]")


def fits(text: str, glob: str) -> bool:
    """Whether all of `text` is what `glob` says. `*` stands for any text, `?` for any character, `[abc]`,
    `[a-z]` and `[!a-z]` for one; there is no way to quote them."""
    first = first_special(glob)
    if first is None:
        return text == glob
    if first == len(glob) - 1 and glob[first] == "*":
        return text.startswith(glob[:first])
    if not text.startswith(glob[:first]):
        return False
    return compiled(glob).fits(text)


def first_special(glob: str) -> int | None:
    """Where the text ends that a glob begins with; None: it is nothing else."""
    found = _SPECIAL.search(glob)
    return None if found is None else found.start()


class Compiled:
    """Place n is before the glob's character n, stars not counted; the last is its end. `_stays` are the
    places of the stars, `_steps[c]` those that the character c leads on from."""

    __slots__ = ("_anything", "_classes", "_end", "_named", "_stays", "_steps")

    def __init__(self, glob: str) -> None:
        self._stays = self._anything = 0
        self._named: dict[str, int] = {}
        self._classes: list[tuple[int, _Class]] = []
        at, bit = 0, 1
        while at < len(glob):
            if glob[at] == "*":
                self._stays |= bit
                at += 1
                continue
            at = self._one(glob, at, bit)
            bit <<= 1
        self._end = bit
        self._steps: dict[str, int] = {}

    def fits(self, text: str) -> bool:
        places, stays, steps = 1, self._stays, self._steps
        for character in text:
            step = steps.get(character)
            if step is None:
                step = steps[character] = self._step(character)
            places = (places & step) << 1 | places & stays
            if not places:
                return False
        return bool(places & self._end)

    def _one(self, glob: str, at: int, bit: int) -> int:
        """Note what may stand at the place `bit`; where the glob goes on."""
        character = glob[at]
        if character == "?":
            self._anything |= bit
            return at + 1
        closing = _closing(glob, at) if character == "[" else None
        if closing is None:
            self._named[character] = self._named.get(character, 0) | bit
            return at + 1
        self._classes.append((bit, _Class(glob[at + 1 : closing])))
        return closing + 1

    def _step(self, character: str) -> int:
        step = self._anything | self._named.get(character, 0)
        for bit, one in self._classes:
            if character in one:
                step |= bit
        return step


class _Class:
    """What stands in brackets: characters, ranges of them, or any but those."""

    __slots__ = ("_but", "_ranges")

    def __init__(self, inside: str) -> None:
        self._but = inside.startswith("!")
        inside = inside.removeprefix("!")
        self._ranges: list[tuple[str, str]] = []
        at = 0
        while at < len(inside):
            is_range = inside[at + 1 : at + 2] == "-" and at + 2 < len(inside)
            last = at + 2 if is_range else at
            self._ranges.append((inside[at], inside[last]))
            at = last + 1

    def __contains__(self, character: str) -> bool:
        return self._but is not any(first <= character <= last for first, last in self._ranges)


def _closing(glob: str, opening: int) -> int | None:
    """Where the bracket that opens there is closed, if it is: one right behind it is one of the class."""
    start = opening + 1
    if glob[start : start + 1] == "!":
        start += 1
    found = glob.find("]", start + 1)
    return None if found < 0 else found


compiled = Kept(Compiled, KEPT)
"""The same one for as long as it is kept."""
