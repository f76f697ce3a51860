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


def signature_values(at: SignatureAt, request: RawRequest) -> list[str]:
    """The non-empty signature headers (or the query parameter)."""
    if at.query:
        value = query_value(request, at.query)
        values = [value] if value else []
    else:
        values = [value for name in at.headers if (value := request.headers.get(name))]
    if not values:
        raise SignatureError("signature_missing")
    return values


def _plain(at: SignatureAt, value: str) -> str:
    if "," in value:
        raise SignatureError("signature_duplicated")
    if not value.startswith(at.prefix):
        raise SignatureError("signature_malformed")
    return value[len(at.prefix) :]


def pairs(at: SignatureAt, value: str) -> list[tuple[str, str]]:
    """The `k=v` items of a packed header."""
    separator = at.separator.strip()
    if separator != "," and "," in value:
        raise SignatureError("signature_duplicated")
    items = value.split(separator)
    if len(at.separator) > len(separator):
        items = [item.strip() for item in items]
    return [(key, text) for key, found, text in (item.partition("=") for item in items) if found]


def _spaced(at: SignatureAt, value: str) -> list[str]:
    found = []
    for item in value.split(" "):
        version, _, text = item.partition(",")
        if "," in text:
            raise SignatureError("signature_duplicated")
        if version == at.key:
            found.append(text)
    return found


def candidates(at: SignatureAt, values: list[str], *, timed: bool) -> list[str]:
    """The encoded signatures to try. `timed`: there is a time in the same list, which then tells a header
    sent twice (some libraries' tests repeat a signature); without it a repeated signature tells it."""
    if at.packing == "plain":
        found = [_plain(at, value) for value in values]
    elif at.packing == "pairs":
        found = [text for value in values for key, text in pairs(at, value) if key == at.key]
        if at.prefix:
            found = [text.removeprefix(at.prefix) for text in found]
    else:
        found = [text for value in values for text in _spaced(at, value)]
    found = [text for text in found if text]
    if at.packing == "pairs" and not timed and len(set(found)) < len(found):
        raise SignatureError("signature_duplicated")
    if not found or len(found) > MAX_CANDIDATES:
        raise SignatureError("signature_malformed")
    return found


def timestamp_text(
    at: TimestampAt | None, signature: SignatureAt, values: list[str], request: RawRequest
) -> str:
    """The signed time as written; empty when the scheme has none."""
    if at is None:
        return ""
    if at.pair:
        found = [text for value in values for key, text in pairs(signature, value) if key == at.pair]
        if len(found) > 1:
            raise SignatureError("signature_duplicated")
        text = found[0] if found else ""
    elif at.query:
        text = query_value(request, at.query) or ""
    else:
        text = next((value for name in at.headers if (value := request.headers.get(name))), "")
    if not text:
        raise SignatureError("timestamp_missing")
    return text
