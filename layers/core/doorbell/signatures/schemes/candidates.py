"""What a request offers as its signatures: the values to look at, and how many may come of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from doorbell.domain.errors import SignatureError

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.schemes.scheme import SignatureAt

type Found = tuple[Sequence[bytes], str]
"""The encoded signatures to try, and the signed time as written (empty when the scheme has none)."""
type Read = Callable[[RawRequest], Found]
"""Raises `SignatureError`: signature_missing, _malformed or _duplicated, timestamp_missing."""

MAX_CANDIDATES = 32
"""More signatures than this in one request is nobody's key rotation."""


def header_of(request: RawRequest, names: str) -> str | None:
    """The first present of the headers named between `|`."""
    for name in names.split("|"):
        value = request.headers.get(name)
        if value is not None:
            return value
    return None


def query_value(request: RawRequest, name: str) -> str | None:
    """The one value of a query parameter; given twice it is refused."""
    values = [value for key, value in parse_qsl(request.raw_query, keep_blank_values=True) if key == name]
    if len(values) > 1:
        raise SignatureError("signature_duplicated")
    return values[0] if values else None


def query_values(request: RawRequest, name: str) -> tuple[str, ...]:
    """`query_value`, and the same as it was sent where that is another text: not all who put a secret into a
    URL escape it, and not all escape it alike."""
    value = query_value(request, name)
    if value is None:
        return ()
    pairs = (pair.partition("=") for pair in request.raw_query.split("&"))
    sent = next((text for key, _, text in pairs if key == name), value)
    return (value,) if sent == value else (value, sent)


def values_of(at: SignatureAt) -> Callable[[RawRequest], Sequence[str]]:
    """Those of all headers that are there, or of the query's parameter; at least one."""
    names, query = at.headers, at.query

    def values(request: RawRequest) -> Sequence[str]:
        if query:
            found = [value] if (value := query_value(request, query)) else []
        else:
            found = [value for name in names if (value := request.headers.get(name))]
        if not found:
            raise SignatureError("signature_missing")
        return found

    return values


def some(given: list[bytes]) -> list[bytes]:
    if not 0 < len(given) <= MAX_CANDIDATES:
        raise SignatureError("signature_malformed")
    return given
