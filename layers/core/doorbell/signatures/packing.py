"""Taking signatures, and a time packed beside them, out of a request.

`reader` makes the function that does it once for each scheme: what the scheme says is asked then, and not for
every request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorbell.domain.errors import SignatureError
from doorbell.signatures.candidates import Found, Read, query_value, some, values_of
from doorbell.signatures.pairs import pairs

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.scheme import SignatureAt, TimestampAt


def reader(at: SignatureAt, time: TimestampAt | None) -> Read:
    if at.packing == "pairs":
        read = pairs(at, "" if time is None else time.pair, alone=time is None)
    elif at.packing == "spaced":
        read = _spaced(at)
    elif len(at.headers) == 1:
        if time is not None and len(time.headers) == 1:
            return _plain(at.headers[0], at.prefix, time.headers[0])
        read = _plain(at.headers[0], at.prefix)
    else:
        read = _plain_of_several(at)
    return read if time is None or time.pair else _timed(read, time)


def _plain(name: str, prefix: str, time_name: str = "") -> Read:
    """One header, the value is `prefix` and signature, and perhaps one for the time: what most providers
    send."""
    skipped = len(prefix)

    def read(request: RawRequest) -> Found:
        headers = request.headers
        value = headers.get(name)
        if not value:
            raise SignatureError("signature_missing")
        if "," in value:
            raise SignatureError("signature_duplicated")
        if skipped:
            if not value.startswith(prefix) or len(value) == skipped:
                raise SignatureError("signature_malformed")
            value = value[skipped:]
        if not time_name:
            return (value.encode(),), ""
        text = headers.get(time_name)
        if not text:
            raise SignatureError("timestamp_missing")
        return (value.encode(),), text

    return read


def _plain_of_several(at: SignatureAt) -> Read:
    values, prefix, skipped = values_of(at), at.prefix, len(at.prefix)

    def read(request: RawRequest) -> Found:
        found = values(request)
        for value in found:
            if "," in value:
                raise SignatureError("signature_duplicated")
            if skipped and not value.startswith(prefix):
                raise SignatureError("signature_malformed")
        return some([value[skipped:].encode() for value in found if len(value) > skipped]), ""

    return read


def _spaced(at: SignatureAt) -> Read:
    """`version,signature` items between blanks."""
    values, version = values_of(at), at.key

    def read(request: RawRequest) -> Found:
        given = []
        for value in values(request):
            for item in value.split(" "):
                found, _, text = item.partition(",")
                if "," in text:
                    raise SignatureError("signature_duplicated")
                if found == version and text:
                    given.append(text.encode())
        return some(given), ""

    return read


def _timed(read: Read, time: TimestampAt) -> Read:
    """`read`, and the time that stands in a header or a query parameter of its own."""
    query, names = time.query, time.headers

    def timed(request: RawRequest) -> Found:
        given, _ = read(request)
        if query:
            text = query_value(request, query)
        else:
            for name in names:
                if text := request.headers.get(name):
                    break
        if not text:
            raise SignatureError("timestamp_missing")
        return given, text

    return timed
