"""Taking signatures, and a time packed beside them, out of a header."""

from urllib.parse import parse_qsl

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.scheme import SignatureAt, TimestampAt

MAX_CANDIDATES = 32
"""More signatures than this in one request is nobody's key rotation."""


def query_value(request: RawRequest, name: str) -> str | None:
    """The one value of a query parameter; given twice it is refused."""
    values = [value for key, value in parse_qsl(request.raw_query, keep_blank_values=True) if key == name]
    if len(values) > 1:
        raise SignatureError("signature_duplicated")
    return values[0] if values else None


def signatures(at: SignatureAt, time: TimestampAt | None, request: RawRequest) -> tuple[list[bytes], str]:
    """The encoded signatures to try, and the signed time as written (empty when the scheme has none)."""
    if at.query:
        value = query_value(request, at.query)
        values = [value] if value else []
    else:
        headers = request.headers
        values = [value for name in at.headers if (value := headers.get(name))]
    if not values:
        raise SignatureError("signature_missing")
    times: list[str] = []
    if at.packing == "plain":
        given = _plain(at.prefix, values)
    elif at.packing == "pairs":
        given, times = _pairs(at, time, values)
    else:
        given = _spaced(at.key, values)
    if not given or len(given) > MAX_CANDIDATES:
        raise SignatureError("signature_malformed")
    if time is None:
        return given, ""
    return given, _one(times) if time.pair else _time(time, request)


def _plain(prefix: str, values: list[str]) -> list[bytes]:
    given = []
    for value in values:
        if "," in value:
            raise SignatureError("signature_duplicated")
        if prefix:
            if not value.startswith(prefix):
                raise SignatureError("signature_malformed")
            value = value[len(prefix) :]
        if value:
            given.append(value.encode())
    return given


def _pairs(at: SignatureAt, time: TimestampAt | None, values: list[str]) -> tuple[list[bytes], list[str]]:
    """The signatures and the times among the `k=v` items.

    A time in the same list tells a header sent twice (some libraries' tests repeat a signature); without
    it a repeated signature tells it.
    """
    mark, blanks, prefix, signature_key = at.mark, at.blanks, at.prefix, at.key
    time_key = None if time is None else time.pair
    given: list[bytes] = []
    times: list[str] = []
    for value in values:
        if mark != "," and "," in value:
            raise SignatureError("signature_duplicated")
        for item in value.split(mark):
            key, equals, text = (item.strip(" ") if blanks else item).partition("=")
            if key == signature_key and (signature := text.removeprefix(prefix) if prefix else text):
                given.append(signature.encode())
            if key == time_key and equals:
                times.append(text)
    if time is None and len(set(given)) < len(given):
        raise SignatureError("signature_duplicated")
    return given, times


def _spaced(version: str, values: list[str]) -> list[bytes]:
    given = []
    for value in values:
        for item in value.split(" "):
            found, _, text = item.partition(",")
            if "," in text:
                raise SignatureError("signature_duplicated")
            if found == version and text:
                given.append(text.encode())
    return given


def _one(times: list[str]) -> str:
    if len(times) > 1:
        raise SignatureError("signature_duplicated")
    if not times or not times[0]:
        raise SignatureError("timestamp_missing")
    return times[0]


def _time(at: TimestampAt, request: RawRequest) -> str:
    if at.query:
        found = [query_value(request, at.query)]
    else:
        found = [request.headers.get(name) for name in at.headers]
    for text in found:
        if text:
            return text
    raise SignatureError("timestamp_missing")
