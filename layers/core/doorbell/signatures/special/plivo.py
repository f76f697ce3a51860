"""Plivo. V3 covers the URL, the form and a nonce; V2 the URL without query and a nonce, never the body.

A request that carries a V3 signature is judged by it alone. V2 counts for the provider `plivo.v2` only: else
whoever takes the V3 headers off a request that has both may put any body under the V2 ones.
https://www.plivo.com/docs/voice/concepts/signature-validation
"""

import hmac
from base64 import b64encode
from urllib.parse import parse_qs, urlsplit, urlunsplit

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.keys import usable_keys

V3, V2 = "x-plivo-signature-v3", "x-plivo-signature-v2"


def check(claim: Claim) -> None:
    request = claim.request
    has_third = V3 in request.headers or f"{V3}-nonce" in request.headers
    third = has_third or claim.source.provider != "plivo.v2"
    name = V3 if third else V2
    nonce = single(request, f"{name}-nonce", "header_missing")
    # Both sort the query's pairs, or leave them out: their order as signed makes no difference here.
    message = v3_text(request, claim.public_url, nonce) if third else v2_text(claim.public_url, nonce)
    # V3 may carry one signature per auth token, between commas.
    value = request.headers.get(name) or ""
    given = (
        [text.strip().encode() for text in value.split(",")] if third else [single(request, name).encode()]
    )
    if len(set(given)) != len(given):
        raise SignatureError("signature_duplicated")
    keys = usable_keys("text", claim.secrets)
    if not matches([sign(key, message) for key in keys], [text for text in given[:8] if text]):
        raise SignatureError("signature_mismatch")


def sign(key: bytes, message: str) -> bytes:
    return b64encode(hmac.digest(key, message.encode(), "sha256"))


def v2_text(url: str, nonce: str) -> str:
    return _without_query(url) + nonce


def v3_text(request: RawRequest, url: str, nonce: str) -> str:
    query = _sorted(urlsplit(url).query, "{}={}", "&")
    form = "" if request.method == "GET" else _sorted(request.body.decode(), "{}{}", "")
    text = _without_query(url)
    if query or form:
        text += f"?{query}"
    if query and form:
        text += "."
    return f"{text}{form}.{nonce}"


def _without_query(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def _sorted(encoded: str, form: str, between: str) -> str:
    values = parse_qs(encoded, keep_blank_values=True, errors="strict", max_num_fields=1000)
    return between.join(form.format(name, value) for name in sorted(values) for value in sorted(values[name]))
