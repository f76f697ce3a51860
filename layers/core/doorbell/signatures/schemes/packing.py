"""Taking signatures, and a time packed beside them, out of a request.

`reader` makes the function that does it once for each scheme: what the scheme says is asked then, and not for
every request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.candidates import Found, Read, query_value, some, values_of
from doorbell.signatures.schemes.pairs import pairs

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.schemes.scheme import SignatureAt, TimestampAt


def reader(at: SignatureAt, time: TimestampAt | None) -> Read:
    read = _read(at, time)
    if at.encoding == "hex-any":
        from doorbell.signatures.schemes.unusual import lowered

        read = lowered(read)
    if time is None or time.pair:
        return read
    if time.body:
        from doorbell.signatures.schemes.unusual import time_in_body

        return time_in_body(read, time.body)
    return read if _is_plain(at, time) else _timed(read, time)


def _read(at: SignatureAt, time: TimestampAt | None) -> Read:
    if at.packing in ("list", "json64") or at.body or at.bare or "|" in at.key:
        from doorbell.signatures.schemes.unusual import unusual_reader  # for the few that pack so

        return unusual_reader(at, "" if time is None else time.pair)
    if at.packing == "pairs":
        return pairs(at, "" if time is None else time.pair, alone=time is None or not time.pair)
    if at.packing == "spaced":
        return _spaced(at)
    if len(at.headers) == 1:
        return _plain(at.headers[0], at.prefix, time.headers[0] if time and _is_plain(at, time) else "")
    return _plain_of_several(at)


def _is_plain(at: SignatureAt, time: TimestampAt) -> bool:
    """Whether both are in one header each, which is read in one go."""
    return at.packing == "plain" and len(at.headers) == len(time.headers) == 1 and not at.body and not at.bare


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

    def read_timed(request: RawRequest) -> Found:
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

    return read_timed
