"""Putting together the bytes a provider signed."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.scheme import Scheme


def header_of(request: RawRequest, names: str) -> str | None:
    """The first present of the headers named between `|`."""
    for name in names.split("|"):
        value = request.headers.get(name)
        if value is not None:
            return value
    return None


def _header_part(request: RawRequest, names: str) -> bytes:
    value = header_of(request, names)
    if not value:
        raise SignatureError("header_missing")
    return value.encode()


def url_path(url: str) -> str:
    """Path and query of `url`, as written."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _part(part: str, claim: Claim, url: str, timestamp: str, secret: bytes) -> bytes:
    request = claim.request
    if part == "body":
        return request.body
    if part == "timestamp":
        return timestamp.encode()
    kind, _, argument = part.partition(":")
    if kind == "text":
        return argument.encode()
    if kind == "header":
        return _header_part(request, argument)
    simple = {"url": url, "path": url_path(url), "method": request.method.upper(), "query": request.raw_query}
    return secret if part == "secret" else simple[part].encode()


def urls(scheme: Scheme, claim: Claim) -> Iterator[str]:
    """The spellings of the public URL that the provider may have signed."""
    if not scheme.signs_url:
        yield ""
        return
    url = claim.public_url
    yield url
    if scheme.url_forms == "decoded" and "%" in url:
        yield _decode_listed(url)
        yield unquote(url)


def _decode_listed(url: str) -> str:
    """HubSpot's list of escapes that are resolved before signing.
    https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests"""
    for escape, character in _LISTED.items():
        url = url.replace(escape, character).replace(escape.lower(), character)
    return url


_LISTED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip


def messages(scheme: Scheme, claim: Claim, timestamp: str, secret: bytes = b"") -> Iterator[bytes]:
    """Every message that a genuine request may be signed over (more than one only for URL spellings)."""
    for url in urls(scheme, claim):
        yield b"".join([_part(part, claim, url, timestamp, secret) for part in scheme.message])
