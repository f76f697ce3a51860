"""A part of a regular expression, as the positions with which it may begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """`first` and `last`: the positions with which it may begin and end, and in how many ways: 1, or 2 for
    several. `skips`: in how many ways it may be nothing."""

    first: Mapping[int, int] = field(default_factory=dict)
    last: Mapping[int, int] = field(default_factory=dict)
    skips: int = 1


def added(one: Mapping[int, int], other: Mapping[int, int]) -> Mapping[int, int]:
    return {**one, **{place: min(2, one.get(place, 0) + ways) for place, ways in other.items()}}


def times(ways: Mapping[int, int], more: int) -> Mapping[int, int]:
    return {place: min(2, number * more) for place, number in ways.items()} if more else {}
