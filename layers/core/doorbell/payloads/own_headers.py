"""The headers a subscription adds, and those Doorbell itself sets."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from doorbell.domain.headers import is_reserved, malformed
from doorbell.domain.matching import OTHERS
from doorbell.domain.records import StoredEvent

_PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))
_MAX_FIELD_CHARS: Final = 256
_MAX_TYPES_CHARS: Final = 1024


def subscription_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those that can be sent, lower-case. Reserved names were refused when they were written; here they lose.
    Raises `ValueError` for what would not be one header."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name, value in lower.items():
        if problem := malformed(name, value):
            raise ValueError(f"{name[:40]!r}: {problem}")
    return {name: value for name, value in lower.items() if not is_reserved(name)}


def doorbell_headers(event: StoredEvent, attempt: int, version: str) -> dict[str, str]:
    """`doorbell-event-types` where the body has several: all, or as many as there is room for and `*`.
    `doorbell-fetched` where it never rang: no signature of its provider's can be beside it."""
    types = event.incoming.event_types
    return {
        "user-agent": f"Doorbell/{version}",
        "doorbell-event-type": _field(event.incoming.event_type),
        **({"doorbell-event-types": _listed(types)} if types else {}),
        **({"doorbell-fetched": _field(event.incoming.fetched)} if event.incoming.fetched else {}),
        "doorbell-source": _field(event.incoming.source_id),
        "doorbell-attempt": str(attempt),
    }


def _listed(types: Sequence[str]) -> str:
    """No type has a comma in it."""
    fields = [_field(one) for one in types]
    while len(",".join(fields)) > _MAX_TYPES_CHARS:
        fields = [*fields[:-2], OTHERS]
    return ",".join(fields)


def _field(text: str) -> str:
    """Event types can come out of a body: no line ends, no bytes beyond ASCII, no endless text."""
    return quote(text[:_MAX_FIELD_CHARS], safe=_PRINTABLE, errors="replace").strip()
