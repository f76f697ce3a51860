"""Request headers: what may go out, and in what bytes."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from doorbell.domain.credentials import SHORTEST_CREDENTIAL, is_credential
from doorbell.domain.headers import HOP_BY_HOP, are_header_texts, is_header_name, is_header_text
from doorbell.egress.errors import RequestRefused

MAX_HEADERS: Final = 1000
"""A provider may send some hundreds of short ones: API Gateway counts bytes."""
MAX_HEADER_BYTES: Final = 32 * 1024
_OF_THE_CONNECTION: Final = HOP_BY_HOP | {"content-length", "expect", "host"}


def outgoing(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers as they go on the wire, repeated names kept apart. Raises RequestRefused `header_refused`.

    `accept-encoding` is always `identity`: an answer that was not compressed cannot be a bomb.
    """
    size = sum([len(name) + len(value) for name, value in headers])
    if len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        raise RequestRefused(
            "header_refused", f"over {MAX_HEADERS} headers or {MAX_HEADER_BYTES} bytes of them"
        )
    for name, _ in headers:
        if problem := _problem_with(name):
            raise RequestRefused("header_refused", problem)
    if not are_header_texts([value for _, value in headers]):
        name = next(name for name, value in headers if not is_header_text(value)).lower()
        problem = f"control character, or half a surrogate pair, in the value of {name}"
        raise RequestRefused("header_refused", problem)
    # The head is written as Latin-1: this puts UTF-8 on the wire.
    theirs = [
        (name, value if value.isascii() else value.encode().decode("latin-1"))
        for name, value in headers
        if name.lower() != "accept-encoding"
    ]
    return [("accept-encoding", "identity"), *theirs]


def credentials_in(headers: Sequence[tuple[str, str]], secrets: Sequence[str] = ()) -> tuple[str, ...]:
    """Values that must not be kept if the peer repeats them: `secrets` and what stands in a header for
    credentials, whole, without their scheme (`Bearer …`), and Basic's as they are before base64; each also as
    JSON, HTML and a URL write it. The longest first."""
    values = [*secrets, *[value for name, value in headers if is_credential(name.lower())]]
    if not values:
        return ()
    bare = [value.rpartition(" ")[2] for value in values]
    pairs = [pair for value in values if (pair := _basic(value))]
    passwords = [pair.partition(":")[2] for pair in pairs]
    spelt = {text for value in (*values, *bare, *pairs, *passwords) for text in _spellings(value)}
    return tuple(sorted((text for text in spelt if len(text) >= SHORTEST_CREDENTIAL), key=len, reverse=True))


def _basic(value: str) -> str:
    scheme, _, encoded = value.partition(" ")
    try:
        return base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except ValueError:
        return ""


def _spellings(value: str) -> tuple[str, ...]:
    in_json, in_url = json.dumps(value)[1:-1], quote(value, safe="")
    return value, in_json, in_json.replace("/", "\\/"), html.escape(value), quote(value), in_url


@lru_cache(maxsize=1024)
def _problem_with(name: str) -> str | None:
    lower = name.lower()
    if not name.isascii() or not is_header_name(lower):
        return f"not a header name: {name[:40]!r}"
    return f"{lower} belongs to the connection" if lower in _OF_THE_CONNECTION else None
