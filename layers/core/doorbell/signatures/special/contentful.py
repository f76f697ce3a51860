"""Contentful: HMAC-SHA256 over method, path, the headers that the request lists, and body.

The path's query is escaped as one component and the whole then once more as a URI, as Contentful's own
toolkit does. https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/
"""

import hmac
from urllib.parse import quote

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.message import url_path
from doorbell.signatures.schemes.timestamps import epoch_seconds

SIGNATURE, SIGNED, TIMESTAMP = (
    "x-contentful-signature",
    "x-contentful-signed-headers",
    "x-contentful-timestamp",
)
SECRET_LENGTH = 64
TOLERANCE = 30
_COMPONENT = "-_.!~*'()"
_URI = _COMPONENT + ";,/?:@&=+$#"


def check(claim: Claim) -> None:
    request = claim.request
    given = single(request, SIGNATURE).encode()
    at = epoch_seconds(single(request, TIMESTAMP, "timestamp_missing").strip(), "ms")
    if abs(claim.now - at) >= claim.tolerance_or(TOLERANCE):
        raise SignatureError("timestamp_out_of_tolerance")
    keys = [secret.encode() for secret in claim.secrets if len(secret) == SECRET_LENGTH]
    if not keys:
        raise SignatureError("secret_malformed")
    names = request.headers.get(SIGNED, "").split(",")
    messages = [canonical(request, url_path(url), names) for url in claim.public_urls]
    if not matches([sign(key, message) for key in keys for message in messages], [given]):
        raise SignatureError("signature_mismatch")


def canonical(request: RawRequest, path: str, names: list[str]) -> bytes:
    """The signed text. At least the list of headers and the time must be among the listed headers."""
    if path.count("?") > 1:
        raise SignatureError("url_not_signed")
    if len(names) < 2:
        raise SignatureError("header_missing")
    present = {name: request.headers[name].strip() for name in names if name in request.headers}
    present[TIMESTAMP] = request.headers[TIMESTAMP].strip()
    present[SIGNED] = ",".join(sorted({*present, SIGNED}))
    if present[SIGNED] != ",".join(names):
        raise SignatureError("header_missing")
    headers = ";".join(f"{name}:{present[name]}" for name in sorted(present))
    top = "\n".join((request.method.upper(), escape(path), headers))
    return top.encode() + b"\n" + request.body


def escape(path: str) -> str:
    """As Contentful's own library has it: of a path with a second question mark the rest is not signed. Such
    a request is refused (`canonical`)."""
    name, *rest = path.split("?")
    query = quote(rest[0], safe=_COMPONENT) if rest else ""
    return quote(f"{name}?{query}" if query else name, safe=_URI)


def sign(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256").hex().encode()
