"""Keys that are used again and again: what depends on a key alone is computed once and kept for the last few.

RFC 2104, section 4, describes it for HMAC: the two blocks made of the key are hashed beforehand, and a
message starts from copies of those states. The states are as secret as the key.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from doorbell.signatures.schemes.keys import usable_keys

INNER = bytes(byte ^ 0x36 for byte in range(256))
OUTER = bytes(byte ^ 0x5C for byte in range(256))


class KeyedHash:
    """HMAC of `hash_name` under one key. The states are only ever copied."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes, hash_name: str) -> None:
        size = hashlib.new(hash_name).block_size
        if len(key) > size:
            key = hashlib.new(hash_name, key).digest()
        block = key.ljust(size, b"\0")
        self._inner = hashlib.new(hash_name, block.translate(INNER))
        self._outer = hashlib.new(hash_name, block.translate(OUTER))

    def digest(self, parts: Iterable[bytes]) -> bytes:
        """The HMAC of the message that `parts` make together."""
        inner, outer = self._inner.copy(), self._outer.copy()
        for part in parts:
            inner.update(part)
        outer.update(inner.digest())
        return outer.digest()


@lru_cache(maxsize=256)
def decoded_keys(kind: str, secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """`usable_keys`, remembered; what it raises is not."""
    return tuple(usable_keys(kind, secrets))


@lru_cache(maxsize=256)
def keyed_hashes(kind: str, hash_name: str, secrets: tuple[str, ...]) -> tuple[KeyedHash, ...]:
    """One for every usable secret; what `usable_keys` raises is not remembered."""
    return tuple(KeyedHash(key, hash_name) for key in usable_keys(kind, secrets))
