"""Taking signatures, and a time packed beside them, out of a request.

`reader` makes the function that does it once for each scheme: what the scheme says is asked then, and not for
every request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from doorbell.domain.errors import SignatureError

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.scheme import SignatureAt, TimestampAt

type Found = tuple[Sequence[bytes], str]
"""The encoded signatures to try, and the signed time as written (empty when the scheme has none)."""
type Read = Callable[[RawRequest], Found]
"""Raises `SignatureError`: signature_missing, _malformed or _duplicated, timestamp_missing."""

MAX_CANDIDATES = 32
"""More signatures than this in one request is nobody's key rotation."""


def reader(at: SignatureAt, time: TimestampAt | None) -> Read:
    if at.packing == "pairs":
        read = _pairs(at, "" if time is None else time.pair, alone=time is None)
    elif at.packing == "spaced":
        read = _spaced(at)
    elif len(at.headers) == 1:
        read = _plain(at.headers[0], at.prefix)
    else:
        read = _plain_of_several(at)
    return read if time is None or time.pair else _timed(read, time)


def query_value(request: RawRequest, name: str) -> str | None:
    """The one value of a query parameter; given twice it is refused."""
    values = [value for key, value in parse_qsl(request.raw_query, keep_blank_values=True) if key == name]
    if len(values) > 1:
        raise SignatureError("signature_duplicated")
    return values[0] if values else None


def _values(at: SignatureAt) -> Callable[[RawRequest], Sequence[str]]:
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


def _plain(name: str, prefix: str) -> Read:
    """One header, the value is `prefix` and signature: what most providers send."""
    skipped = len(prefix)

    def read(request: RawRequest) -> Found:
        value = request.headers.get(name)
        if not value:
            raise SignatureError("signature_missing")
        if "," in value:
            raise SignatureError("signature_duplicated")
        if skipped:
            if not value.startswith(prefix) or len(value) == skipped:
                raise SignatureError("signature_malformed")
            value = value[skipped:]
        return (value.encode(),), ""

    return read


def _plain_of_several(at: SignatureAt) -> Read:
    values, prefix, skipped = _values(at), at.prefix, len(at.prefix)

    def read(request: RawRequest) -> Found:
        given = []
        for value in values(request):
            if "," in value:
                raise SignatureError("signature_duplicated")
            if not value.startswith(prefix):
                raise SignatureError("signature_malformed")
            if len(value) > skipped:
                given.append(value[skipped:].encode())
        return _some(given), ""

    return read


def _pairs(at: SignatureAt, time_key: str, *, alone: bool) -> Read:
    """The signatures and the time among `k=v` items.

    A time in the same list tells a header sent twice (some libraries' tests repeat a signature); `alone`,
    with no time anywhere, a repeated signature tells it.
    """
    values, mark, blanks, prefix, signature_key = _values(at), at.mark, at.blanks, at.prefix, at.key
    has_commas = mark == ","

    def read(request: RawRequest) -> Found:
        given: list[bytes] = []
        times: list[str] = []
        for value in values(request):
            if not has_commas and "," in value:
                raise SignatureError("signature_duplicated")
            for item in value.split(mark):
                key, equals, text = (item.strip(" ") if blanks else item).partition("=")
                if key == signature_key and (signature := text.removeprefix(prefix) if prefix else text):
                    given.append(signature.encode())
                if key == time_key and equals:
                    times.append(text)
        if alone and len(set(given)) < len(given):
            raise SignatureError("signature_duplicated")
        if not given or len(given) > MAX_CANDIDATES:
            raise SignatureError("signature_malformed")
        if not time_key:
            return given, ""
        if len(times) == 1 and times[0]:
            return given, times[0]
        raise SignatureError("signature_duplicated" if len(times) > 1 else "timestamp_missing")

    return read


def _spaced(at: SignatureAt) -> Read:
    """`version,signature` items between blanks."""
    values, version = _values(at), at.key

    def read(request: RawRequest) -> Found:
        given = []
        for value in values(request):
            for item in value.split(" "):
                found, _, text = item.partition(",")
                if "," in text:
                    raise SignatureError("signature_duplicated")
                if found == version and text:
                    given.append(text.encode())
        return _some(given), ""

    return read


def _timed(read: Read, time: TimestampAt) -> Read:
    """`read`, and the time that stands in a header or a query parameter of its own."""
    query, names = time.query, time.headers

    def timed(request: RawRequest) -> Found:
        given, _ = read(request)
        if query:
            text = query_value(request, query)
        else:
            text = next(filter(None, map(request.headers.get, names)), None)
        if not text:
            raise SignatureError("timestamp_missing")
        return given, text

    return timed


def _some(given: list[bytes]) -> list[bytes]:
    if not 0 < len(given) <= MAX_CANDIDATES:
        raise SignatureError("signature_malformed")
    return given
