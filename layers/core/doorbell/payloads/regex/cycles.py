"""Strongly connected components of a graph that is made as it is walked (Tarjan's algorithm).
https://en.wikipedia.org/wiki/Tarjan%27s_strongly_connected_components_algorithm
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator


class OutOfFuel(Exception):
    """The graph is larger than is looked at."""


class Fuel:
    """How many more edges may be looked at."""

    def __init__(self, left: int) -> None:
        self._left = left

    def burn(self, edges: int) -> None:
        self._left -= edges
        if self._left < 0:
            raise OutOfFuel


def components[N: Hashable](
    begins: Iterable[N], further: Callable[[N], list[N]], fuel: Fuel
) -> Iterator[frozenset[N]]:
    """All that can be come to from `begins`; each before those that lead to it. Raises OutOfFuel."""
    order: dict[N, int] = {}
    lowest: dict[N, int] = {}
    path: list[N] = []
    on_path: set[N] = set()
    for begin in begins:
        if begin in order:
            continue
        work = [(begin, iter(_entered(begin, order, lowest, path, on_path, further, fuel)))]
        while work:
            node, ahead = work[-1]
            to = next(ahead, None)
            if to is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == order[node]:
                    yield _taken(node, path, on_path)
            elif to not in order:
                work.append((to, iter(_entered(to, order, lowest, path, on_path, further, fuel))))
            elif to in on_path:
                lowest[node] = min(lowest[node], order[to])


def _entered[N: Hashable](
    node: N,
    order: dict[N, int],
    lowest: dict[N, int],
    path: list[N],
    on_path: set[N],
    further: Callable[[N], list[N]],
    fuel: Fuel,
) -> list[N]:
    order[node] = lowest[node] = len(order)
    path.append(node)
    on_path.add(node)
    ahead = further(node)
    fuel.burn(1 + len(ahead))
    return ahead


def _taken[N: Hashable](node: N, path: list[N], on_path: set[N]) -> frozenset[N]:
    at = path.index(node)
    taken = frozenset(path[at:])
    del path[at:]
    on_path.difference_update(taken)
    return taken
