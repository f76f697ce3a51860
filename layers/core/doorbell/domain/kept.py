"""What is dear to make is kept, up to a number. Which makes room is drawn by lot: where more are gone through
in turn than are kept, the one that was used longest ago is the one that is needed next, and none would ever
be found. So a tenant with twice as many filters as are kept finds a part of them."""

from collections.abc import Callable, Hashable
from random import Random
from threading import Lock
from typing import Any, Final

_NOT_YET: Final[Any] = object()


class Kept[K: Hashable, V]:
    """Safe among threads; two that need the same at once may both make it. What `make` raises is not kept."""

    def __init__(self, make: Callable[[K], V], size: int) -> None:
        self._make, self._size = make, size
        self._made: dict[K, V] = {}
        self._keys: list[K] = []
        self._lots, self._lock = Random(0), Lock()

    def __call__(self, key: K) -> V:
        found: V = self._made.get(key, _NOT_YET)
        if found is not _NOT_YET:
            return found
        made = self._make(key)
        with self._lock:
            if key not in self._made:
                self._make_room(key)
            return self._made.setdefault(key, made)

    def _make_room(self, key: K) -> None:
        """In the same time however many are kept."""
        if len(self._keys) < self._size:
            self._keys.append(key)
            return
        drawn = int(self._lots.random() * self._size)
        del self._made[self._keys[drawn]]
        self._keys[drawn] = key
