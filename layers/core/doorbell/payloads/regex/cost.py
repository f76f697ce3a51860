"""How long a search for a regular expression may take: Python's `re` goes back and tries again, and cannot be
stopped.

By known criteria: if a text leads from a position back to it in two ways, each more of that text doubles the
tries. If a text leads from one loop to itself, on to a second, and around that one too, the tries grow with
the square of it; along a row of d such loops, with its d-th power. Positions are an approximation: a pattern
may be called dearer than it is.
Weber and Seidl, "On the degree of ambiguity of finite automata" (1991), 3 and 4
Weideman and others, "Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers by Using
Ambiguity of NFA" (2016)
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from math import factorial, inf

from doorbell.payloads.regex.cycles import Fuel, OutOfFuel, components
from doorbell.payloads.regex.positions import Positions, TooMany, positions_of

FUEL = 300_000
"""Steps from one to another place, of pairs and triples of places, that are looked at for one pattern."""

type Places = tuple[int, ...]


def tries(pattern: str, length: int) -> float:
    """About how many steps a search in a text of `length` takes at the most; infinite where they double."""
    power = degree(pattern)
    return inf if power is None else float(length) ** power / factorial(power)


@lru_cache(maxsize=1024)
def degree(pattern: str) -> int | None:
    """1: about as long as the text is; d: its d-th power; None: more, or too long a pattern to tell. What is
    no pattern costs nothing: it is told by whoever uses it."""
    try:
        return _degree(positions_of(pattern), Fuel(FUEL))
    except (re.error, OverflowError):
        return 1
    except (TooMany, OutOfFuel, RecursionError):
        return None


def _degree(of: Positions, fuel: Fuel) -> int | None:
    def further(place: int) -> list[int]:
        return [*of.follows[place]]

    found = components(range(len(of.takes)), further, fuel)
    loops = [one for one in found if len(one) > 1 or any(place in of.follows[place] for place in one)]
    if any(_doubles(loop, of, fuel) for loop in loops):
        return None
    return max(1, _longest_row(loops, of, fuel))


def _doubles(loop: frozenset[int], of: Positions, fuel: Fuel) -> bool:
    """Whether a text leads from one of its places back there in two ways: apart in between, or not."""
    if any(ways == 2 and place in loop for one in loop for place, ways in of.follows[one].items()):
        return True

    def within(places: Places) -> list[Places]:
        return [to for to in _next(places, of) if loop.issuperset(to)]

    begins: list[Places] = [(one, one) for one in loop]
    return any({a == b for a, b in pairs} == {True, False} for pairs in components(begins, within, fuel))


def _longest_row(loops: list[frozenset[int]], of: Positions, fuel: Fuel) -> int:
    """Of loops, each of which hands text on to the next. `loops` begin with those that come last."""
    longest: dict[frozenset[int], int] = {}
    for number, loop in enumerate(loops):
        after = [longest[other] for other in loops[:number] if _hands_on(loop, other, of, fuel)]
        longest[loop] = 1 + max(after, default=0)
    return max(longest.values(), default=0)


def _hands_on(one: frozenset[int], other: frozenset[int], of: Positions, fuel: Fuel) -> bool:
    """Whether a text leads from p to p, from p to q, and from q to q, for any p of one and q of other."""

    def within(places: Places) -> list[Places]:
        p, between, q = places
        further = [to for to in _next(places, of) if to[0] in one and to[2] in other]
        return [*further, (p, p, q)] if between == q else further

    begins: list[Places] = [(p, p, q) for p, q in product(one, other)]
    for triples in components(begins, within, fuel):
        if any(p != q == between and (p, p, q) in triples for p, between, q in triples):
            return True
    return False


def _next(places: Places, of: Positions) -> list[Places]:
    """Where one character leads from all of them at once."""
    rows: list[tuple[Places, int]] = [((), -1)]
    for place in places:
        rows = [
            ((*row, to), bits & of.takes[to])
            for row, bits in rows
            for to in of.follows[place]
            if bits & of.takes[to]
        ]
    return [row for row, _ in rows]
