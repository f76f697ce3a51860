"""A small cache in memory with a time to live, for one execution environment."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import islice
from random import Random
from threading import Lock
from typing import Self

from doorbell.domain.clocks import CLOCKS, Clocks, Moment
from doorbell.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Broken:
    """What is kept of an item that is not usable. The error itself must not be: raised again and again it
    collects the frames of all who met it, and with them their requests."""

    item: str
    field: str
    problem: str

    @classmethod
    def of(cls, error: ConfigError) -> Self:
        return cls(error.item, error.field, error.problem)

    def error(self) -> ConfigError:
        """A new one for every caller."""
        return ConfigError(self.item, self.field, self.problem)


class TtlCache[K: Hashable, V]:
    """At most `size` entries, each for `ttl` seconds by both `clocks`; the one that was asked for longest ago
    makes room. Safe among threads; two that miss at once both load."""

    def __init__(self, ttl: float, clocks: Clocks = CLOCKS, size: int = 1000) -> None:
        self._ttl, self._clocks, self._size = ttl, clocks, size
        self._entries: OrderedDict[K, tuple[Moment, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, load: Callable[[], V]) -> V:
        """The cached value, or what `load` gives; what `load` raises is not kept."""
        entry = self._kept(key)
        if entry is not None:
            return entry[1]
        now = self._clocks.now()
        value = load()
        self._keep(key, now, value)
        return value

    def there(self, key: K) -> tuple[V] | None:
        """The cached value, by itself; None: there is none."""
        entry = self._kept(key)
        return None if entry is None else (entry[1],)

    def has(self, key: K) -> bool:
        return self._kept(key) is not None

    def put(self, key: K, value: V) -> None:
        self._keep(key, self._clocks.now(), value)

    def _kept(self, key: K) -> tuple[Moment, V] | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
        return entry if entry is not None and self._clocks.age(entry[0]) < self._ttl else None

    def _keep(self, key: K, since: Moment, value: V) -> None:
        with self._lock:
            self._entries[key] = (since, value)
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._make_room()

    def drop(self, key: K) -> None:
        with self._lock:
            self._entries.pop(key, None)

    def _make_room(self) -> None:
        self._entries.popitem(last=False)


class ByLot[K: Hashable, V](TtlCache[K, V]):
    """The same, but it is drawn by lot which makes room. Where more are gone through again and again than are
    kept, the one that was asked for longest ago is the very one that is needed next: of one entry too many,
    none would ever be found."""

    def __init__(self, ttl: float, clocks: Clocks = CLOCKS, size: int = 1000) -> None:
        super().__init__(ttl, clocks, size)
        self._lots = Random(0)

    def _make_room(self) -> None:
        """Not the newest, which stands last."""
        drawn = self._lots.randrange(len(self._entries) - 1)
        del self._entries[next(islice(self._entries, drawn, None))]
