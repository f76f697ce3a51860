"""Which of a provider's headers travel on to a subscriber."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from doorbell.domain.credentials import is_credential
from doorbell.domain.headers import (
    FORWARDING,
    FORWARDING_PREFIXES,
    HOP_BY_HOP,
    OF_THE_MESSAGE,
    is_header_name,
    is_header_text,
    is_our_name,
)

ORIGINAL_PREFIX: Final = "doorbell-original-"
NAMES_KEPT: Final = 1024
"""Judgements kept: providers use the same few names again and again."""


def passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The provider's headers that travel, lower-case: not those of the connection, of proxies, of the
    message's frame, nor credentials. Headers no HTTP client would send are left out too."""
    lower = {name.lower(): value for name, value in headers.items()}
    hops = HOP_BY_HOP | {name.strip().lower() for name in lower.get("connection", "").split(",")}
    return {name: value for name, value in lower.items() if name not in hops and _travels(name, value)}


def set_aside(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The same headers; those called as in `names`, or as Doorbell's own, as `doorbell-original-…`."""
    taken = frozenset(names)
    return {
        f"{ORIGINAL_PREFIX}{name}" if name in taken or is_our_name(name) else name: value
        for name, value in headers.items()
    }


def _travels(name: str, value: str) -> bool:
    return _name_travels(name) and is_header_text(value)


@lru_cache(maxsize=NAMES_KEPT)
def _name_travels(name: str) -> bool:
    if not is_header_name(name):
        return False
    if name in OF_THE_MESSAGE or name in FORWARDING or name.startswith(FORWARDING_PREFIXES):
        return False
    return not is_credential(name)
