"""Putting together the bytes a provider signed."""

import json
import re
from collections.abc import Iterable, Iterator
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


def _rare_part(kind: str, claim: Claim, url: str, secret: bytes) -> bytes:
    if kind == "secret":
        return secret
    if kind == "method":
        return claim.request.method.upper().encode()
    if kind == "path":
        return url_path(url).encode()
    if kind == "query":
        return claim.request.raw_query.encode()
    raise KeyError(kind)


def _assembled(
    scheme: Scheme, claim: Claim, url: str, body: bytes, stamp: bytes, secret: bytes
) -> list[bytes]:
    pieces = []
    for kind, argument, literal in scheme.plan:
        if kind == "text":
            pieces.append(literal)
        elif kind == "body":
            pieces.append(body)
        elif kind == "timestamp":
            pieces.append(stamp)
        elif kind == "url":
            pieces.append(url.encode())
        elif kind == "header":
            pieces.append(_header_part(claim.request, argument))
        else:
            pieces.append(_rare_part(kind, claim, url, secret))
    return pieces


def urls(scheme: Scheme, claim: Claim) -> list[str]:
    """The spellings of the public URL that the provider may have signed."""
    if not scheme.signs_url:
        return [""]
    url = claim.public_url
    if scheme.url_forms == "decoded" and "%" in url:
        return [url, _decode_listed(url), unquote(url)]
    return [url]


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


PLAIN = bytes(code for code in range(0x20, 0x7F) if code != ord("\\"))
"""What Box never escapes."""


def bodies(scheme: Scheme, claim: Claim) -> Iterator[bytes]:
    """The spellings of the body that the provider may have signed; each is made when it is asked for."""
    body = claim.request.body
    yield body
    if scheme.body_forms == "escaped" and body.translate(None, PLAIN):
        yield _escaped(body.decode(errors="replace")).encode()


def _escaped(text: str) -> str:
    """Box's form: non-ASCII as UTF-16 escapes, backslashes doubled but before a slash. (box-sdk-gen)"""
    text = re.sub(r"\\(?!/)", r"\\\\", text)
    return re.sub(r"[^\x20-\x7e]", lambda found: json.dumps(found.group())[1:-1], text)


def messages(scheme: Scheme, claim: Claim, timestamp: str, secret: bytes = b"") -> list[bytes]:
    """Every message that a genuine request may be signed over (more than one only for other spellings)."""
    return [b"".join(pieces) for pieces in parts(scheme, claim, timestamp, secret)]


def parts(scheme: Scheme, claim: Claim, timestamp: str, secret: bytes = b"") -> Iterable[list[bytes]]:
    """`messages`, each still in its parts: a hash takes them one by one, and a large body is not copied."""
    stamp = timestamp.encode()
    if scheme.is_spelt_once:
        url = claim.public_url if scheme.signs_url else ""
        return [_assembled(scheme, claim, url, claim.request.body, stamp, secret)]
    return (
        _assembled(scheme, claim, url, body, stamp, secret)
        for url in urls(scheme, claim)
        for body in bodies(scheme, claim)
    )
