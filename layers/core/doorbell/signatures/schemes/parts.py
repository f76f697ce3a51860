"""Parts of a message that few providers sign. Loaded for schemes that have one.

`body:<path>`, `query:<name>` (decoded), `option:<name>` of the source, `pair:<name>` of the signature's own
list, `headers:<pair>` (the values of the headers that the pair names between blanks, joined by "."),
`digest:<hash>:<encoding>` of the body (`raw`: its bytes), `encoded:<base64|json>` (the body as base64, or as
a JSON text), `pathname` (the path without its query), `pairs` (the query's other parameters, decoded, as
they came),
`maybe:<text>{<part>}<text>` (the part between its texts, or nothing where it is not there).
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.candidates import header_of, query_value
from doorbell.signatures.schemes.encoding import ENCODERS
from doorbell.signatures.schemes.inside import text_at

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.claim import Claim
    from doorbell.signatures.schemes.scheme import SignatureAt

type Part = Callable[[Claim, str, bytes, str, bytes], bytes]
"""One part of a message, of the claim, a spelling of its public URL, one of its body, the time as written and
the secret."""
type Value = Callable[[Claim, bytes], str | None]
"""Of a claim and a spelling of its body; None where it is not there."""

MAYBE = re.compile(r"([^{}]*)\{([^{}]+)\}([^{}]*)")
MAX_HEADERS = 32
ABSENT = "part_missing"
KINDS = ("body", "query", "option", "pair", "headers", "digest", "encoded", "maybe")
PLAIN = ("pathname", "pairs")


def part_of(name: str, at: SignatureAt) -> Part:
    """`KeyError` for a part that there is not."""
    kind, _, argument = name.partition(":")
    if kind == "digest":
        return _digest(*argument.split(":"))
    if kind == "encoded":
        encode = _ENCODED[argument]
        return lambda claim, url, body, stamp, secret: encode(body)
    if name == "pathname":
        return lambda claim, url, body, stamp, secret: (urlsplit(url).path or "/").encode()
    if name == "pairs":
        return lambda claim, url, body, stamp, secret: _other_pairs(claim.request, at.query)
    if kind == "maybe":
        return _maybe(argument, at)
    value = _value(kind, argument, at)

    def part(claim: Claim, url: str, body: bytes, stamp: str, secret: bytes) -> bytes:
        text = value(claim, body)
        if text is None:
            raise SignatureError(ABSENT)
        return text.encode("utf-8", "surrogatepass")

    return part


def _value(kind: str, name: str, at: SignatureAt) -> Value:
    if kind == "body":
        return lambda claim, body: text_at(body, name)
    if kind == "query":
        return lambda claim, body: query_value(claim.request, name)
    if kind == "option":
        return lambda claim, body: claim.parameters.get(name)
    if kind == "pair":
        return lambda claim, body: pair_value(claim.request, at, name)
    if kind == "headers":
        return lambda claim, body: _named_headers(claim.request, at, name)
    if kind == "header":
        return lambda claim, body: header_of(claim.request, name) or None
    raise KeyError(kind)


def _maybe(argument: str, at: SignatureAt) -> Part:
    found = MAYBE.fullmatch(argument)
    if found is None:
        raise KeyError(argument)
    before, inner, after = found.groups()
    kind, _, name = inner.partition(":")
    value = _value(kind, name, at)

    def part(claim: Claim, url: str, body: bytes, stamp: str, secret: bytes) -> bytes:
        text = value(claim, body)
        return f"{before}{text}{after}".encode() if text else b""

    return part


def _digest(hash_name: str, encoding: str) -> Part:
    encode = bytes if encoding == "raw" else ENCODERS[encoding]

    def part(claim: Claim, url: str, body: bytes, stamp: str, secret: bytes) -> bytes:
        return encode(hashlib.new(hash_name, body, usedforsecurity=False).digest())

    hashlib.new(hash_name, usedforsecurity=False)
    return part


_ENCODED: dict[str, Callable[[bytes], bytes]] = {
    "base64": b64encode,
    "json": lambda body: json.dumps(body.decode(), ensure_ascii=False).encode(),
}


def pair_value(request: RawRequest, at: SignatureAt, name: str) -> str | None:
    """As it is written in the signature's list; None where it is not there once."""
    values = [
        text
        for header in at.headers
        for item in request.headers.get(header, "").split(at.mark)
        for key, equals, text in [item.strip(" ").partition("=")]
        if key == name and equals
    ]
    return values[0] if len(values) == 1 else None


def _named_headers(request: RawRequest, at: SignatureAt, name: str) -> str | None:
    listed = (pair_value(request, at, name) or "").split(" ")
    values = [request.headers.get(header.lower()) for header in listed[:MAX_HEADERS]]
    return None if len(listed) > MAX_HEADERS or None in values else ".".join(map(str, values))


def _other_pairs(request: RawRequest, signature: str) -> bytes:
    """Refused where the joined text could be split in another way: what is signed would be another query."""
    pairs = parse_qsl(request.raw_query, keep_blank_values=True, max_num_fields=1000)
    if any("&" in name + value or "=" in name for name, value in pairs):
        raise SignatureError(ABSENT)
    return "&".join(f"{name}={value}" for name, value in pairs if name != signature).encode()
