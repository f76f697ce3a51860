"""Keys of certificates whose chains were checked, in memory: how long each serves."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

from doorbell.domain.clocks import Clocks, Moment

STALE_SECONDS = 24 * 3600
"""How long a key is trusted after its check while its certificate cannot be fetched anew."""


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key whose chain was `checked_at`. From `looked_at` on it is good without another look for `seconds`.
    The chain `expires` (epoch seconds)."""

    key: rsa.RSAPublicKey
    checked_at: Moment
    looked_at: Moment
    seconds: float
    expires: float

    def is_good(self, clocks: Clocks) -> bool:
        return clocks.age(self.looked_at) < self.seconds

    def left(self, clocks: Clocks) -> float:
        """For how long it serves yet where it cannot be fetched anew."""
        return min(STALE_SECONDS - clocks.age(self.checked_at), self.expires - clocks.wall())


class KeptKeys:
    """By URL, the one kept first dropped first. Safe among threads."""

    def __init__(self, limit: int) -> None:
        self._limit, self._lock = limit, threading.Lock()
        self._keys: OrderedDict[str, KeptKey] = OrderedDict()

    def get(self, url: str) -> KeptKey | None:
        with self._lock:
            return self._keys.get(url)

    def keep(self, url: str, key: KeptKey) -> None:
        with self._lock:
            self._keys[url] = key
            while len(self._keys) > self._limit:
                self._keys.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._keys.clear()
