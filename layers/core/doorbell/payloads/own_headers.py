"""The headers a subscription adds, and those Doorbell itself sets."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from doorbell.domain.records import StoredEvent
from doorbell.payloads.provider_headers import (
    FORWARDING,
    FORWARDING_PREFIXES,
    HOP_BY_HOP,
    OF_THE_MESSAGE,
    is_header_name,
    is_header_text,
    is_our_name,
)

MAX_HEADERS: Final = 40
MAX_HEADERS_BYTES: Final = 8 * 1024
"""Servers commonly take 8 KiB of headers in all or in one line; API Gateway took 10 KiB from the provider."""

_OF_THE_BODY: Final = frozenset({"content-encoding", "content-type"})
_PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))
_MAX_FIELD_CHARS: Final = 256


def problem_with_headers(headers: Mapping[str, str]) -> str | None:
    """Why a subscription's `headers` cannot be used, or None; values are never shown."""
    if len(headers) > MAX_HEADERS or sum(len(n) + len(v) for n, v in headers.items()) > MAX_HEADERS_BYTES:
        return f"more than {MAX_HEADERS} headers or {MAX_HEADERS_BYTES} characters of them"
    seen: set[str] = set()
    for name, value in headers.items():
        lower = name.lower()
        if problem := _malformed(lower, value):
            return problem
        if is_reserved(lower):
            return f"{lower}: set by Doorbell or by the connection"
        if lower in seen:
            return f"{lower}: given twice"
        seen.add(lower)
    return None


def is_reserved(name: str) -> bool:
    """Names (lower-case) a subscription cannot set."""
    return (
        is_our_name(name)
        or name in HOP_BY_HOP
        or name in OF_THE_MESSAGE
        or name in _OF_THE_BODY
        or name in FORWARDING
        or name.startswith(FORWARDING_PREFIXES)
    )


def subscription_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those that can be sent, lower-case. Reserved names were refused when they were written; here they lose.
    Raises `ValueError` for what would not be one header."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name, value in lower.items():
        if problem := _malformed(name, value):
            raise ValueError(problem)
    return {name: value for name, value in lower.items() if not is_reserved(name)}


def doorbell_headers(event: StoredEvent, attempt: int, version: str) -> dict[str, str]:
    return {
        "user-agent": f"Doorbell/{version}",
        "doorbell-event-type": _field(event.incoming.event_type),
        "doorbell-source": _field(event.incoming.source_id),
        "doorbell-attempt": str(attempt),
    }


def _malformed(name: str, value: str) -> str | None:
    if not is_header_name(name):
        return f"{name[:40]!r}: not a header name"
    if not is_header_text(value) or value != value.strip():
        return f"{name}: control characters, or space at the ends, in the value"
    return None


def _field(text: str) -> str:
    """Event types can come out of a body: no line ends, no bytes beyond ASCII, no endless text."""
    return quote(text[:_MAX_FIELD_CHARS], safe=_PRINTABLE, errors="replace").strip()
