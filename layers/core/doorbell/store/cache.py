"""A small cache in memory with a time to live, for one execution environment."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Self

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
    """At most `size` entries, each for `ttl` seconds by `clock`. Safe among threads; two that miss at once
    both load."""

    def __init__(self, ttl: float, clock: Callable[[], float], size: int = 1000) -> None:
        self._ttl, self._clock, self._size = ttl, clock, size
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, load: Callable[[], V]) -> V:
        """The cached value, or what `load` gives; what `load` raises is not kept."""
        now = self._clock()
        with self._lock:
            entry = self._entries.get(key)
        if entry is not None and now < entry[0]:
            return entry[1]
        value = load()
        with self._lock:
            self._entries[key] = (now + self._ttl, value)
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return value

    def drop(self, key: K) -> None:
        with self._lock:
            self._entries.pop(key, None)
