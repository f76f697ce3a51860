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
    STANDARD_NAMES,
    TRACE,
    are_header_texts,
    is_header_name,
    is_header_text,
    is_our_name,
)

ORIGINAL_PREFIX: Final = "doorbell-original-"
READ_BEFORE_OURS: Final = "svix-"
"""Svix's libraries take each of the three from its `svix-` twin first, if there is one."""
NAMES_KEPT: Final = 1024
"""Judgements kept: providers use the same few names again and again."""


def passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The provider's headers that travel, lower-case: not those of the connection, of proxies, of the
    message's frame, nor credentials. Headers no HTTP client would send are left out too."""
    lower = {name.lower(): value for name, value in headers.items()}
    hops = HOP_BY_HOP | {name.strip().lower() for name in lower.get("connection", "").split(",")}
    travelling = {name: value for name, value in lower.items() if name not in hops and _name_travels(name)}
    if are_header_texts(travelling.values()):
        return travelling
    return {name: value for name, value in travelling.items() if is_header_text(value)}


def set_aside(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The same headers; those called as in `names`, or as Doorbell's own, as `doorbell-original-…`. The trace
    is the event's whatever becomes of its body."""
    taken = frozenset(names) - {*TRACE}
    return {
        f"{ORIGINAL_PREFIX}{name}" if name in taken or is_our_name(name) else name: value
        for name, value in headers.items()
    }


def beside(
    headers: Mapping[str, str], ours: Mapping[str, str], signing: str
) -> tuple[dict[str, str], dict[str, str]]:
    """(the provider's headers, ours) as both travel with the provider's own body.

    With Standard Webhooks' signing nothing that its libraries read is the provider's. With any other the
    provider's `webhook-` headers keep their names if a signature is among them, and the event's id is
    `doorbell-event-id`; they travel as `doorbell-original-…` too, as they did in releases before.
    """
    if signing.startswith("standard"):
        read = [name for name in headers if name.startswith(READ_BEFORE_OURS)]
        return set_aside(headers, [*ours, *read]), dict(ours)
    theirs = set_aside(headers, ours)
    if "webhook-signature" not in headers:
        return theirs, dict(ours)
    kept = {name: headers[name] for name in STANDARD_NAMES if name in headers}
    rest = {name: value for name, value in ours.items() if name not in STANDARD_NAMES}
    return {**theirs, **kept}, {**rest, "doorbell-event-id": ours["webhook-id"]}


@lru_cache(maxsize=NAMES_KEPT)
def _name_travels(name: str) -> bool:
    if not is_header_name(name):
        return False
    if name in OF_THE_MESSAGE or name in FORWARDING or name.startswith(FORWARDING_PREFIXES):
        return False
    return not is_credential(name)
