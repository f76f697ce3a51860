"""What is dear to make is kept, up to a number. Which makes room is drawn by lot: where more are gone through
in turn than are kept, the one that was used longest ago is the one that is needed next, and none would ever
be found. So a tenant with twice as many filters as are kept finds a part of them."""

from collections.abc import Callable, Hashable
from itertools import islice
from random import Random
from threading import Lock


class Kept[K: Hashable, V]:
    """Safe among threads; two that need the same at once may both make it. What `make` raises is not kept."""

    def __init__(self, make: Callable[[K], V], size: int) -> None:
        self._make, self._size = make, size
        self._made: dict[K, V] = {}
        self._lots, self._lock = Random(0), Lock()

    def __call__(self, key: K) -> V:
        try:
            return self._made[key]
        except KeyError:
            pass
        made = self._make(key)
        with self._lock:
            if len(self._made) >= self._size and key not in self._made:
                del self._made[next(islice(self._made, self._lots.randrange(self._size), None))]
            return self._made.setdefault(key, made)
