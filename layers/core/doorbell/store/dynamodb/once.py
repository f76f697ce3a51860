"""What several threads need at the same moment, done once for all of them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, Protocol


class Once(Protocol):
    def __call__[T](self, key: Hashable, load: Callable[[], T]) -> T:
        """What `load` gives, or what it gave to whoever was at it with the same key."""


def at_once[T](key: Hashable, load: Callable[[], T]) -> T:
    """For whoever is alone."""
    return load()


@dataclass(eq=False, slots=True)
class _Flight:
    done: Event = field(default_factory=Event)
    result: tuple[Any] | None = None


class OnceForAll:
    """Who comes while somebody is at it waits. Where that fails, each of them tries by itself, and all at the
    same time: one after the other they would wait for a service that is down longer than a function may."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight] = {}
        self._lock = Lock()

    def __call__[T](self, key: Hashable, load: Callable[[], T]) -> T:
        with self._lock:
            there = self._flights.get(key)
            if there is None:
                mine = self._flights[key] = _Flight()
        if there is None:
            return self._lead(key, mine, load)
        there.done.wait()
        if there.result is None:
            return load()
        result: T = there.result[0]
        return result

    def _lead[T](self, key: Hashable, mine: _Flight, load: Callable[[], T]) -> T:
        try:
            result = load()
            mine.result = (result,)
            return result
        finally:
            with self._lock:
                del self._flights[key]
            mine.done.set()
