"""Requests proven by a JWT with claims over URL and body: MessageBird, Vonage, Plaid, and any other.

`header` and `prefix` say where the token is (`header` "body": it is the whole body). `body_claim` is the
claim with the body's SHA-256 (`body_encoding` hex, base64, base64url, or base64url-any with or without its
padding; "text" where it is the body itself), `url_claim` the one with the URL's. With a body claim, a body
without it is refused. `subject` "url": `sub` is the URL itself. `default_jwks_url`: where the keys are of a
source that has none of its own.
"""

import hashlib
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.special.jwt_checks import ALGORITHMS, Expectation, verify


def check(claim: Claim) -> None:
    parameters = claim.parameters
    algorithms = tuple(parameters.get("algorithms", "").split())
    if not algorithms or not set(algorithms) <= set(ALGORITHMS):
        raise SignatureError("source_misconfigured")
    expected = Expectation(
        algorithms,
        jwks_url=parameters.get("jwks_url") or _default_jwks(claim),
        issuer=parameters.get("issuer", ""),
        audience=parameters.get("audience", ""),
        requires=tuple(parameters.get("requires", "").split()),
        leeway=int(parameters.get("leeway") or 0),
        max_age=_seconds(parameters, "max_age"),
        age_without_exp=_seconds(parameters, "age_without_exp"),
    )
    claims = verify(_token(claim), claim, expected)
    _check_url_and_sender(claims, claim)
    _check_body(claims, claim)


def _default_jwks(claim: Claim) -> str:
    return "" if claim.secrets else claim.parameters.get("default_jwks_url", "")


def fact(request: RawRequest, name: str) -> str | None:
    """`issued`: when Plaid's proven token says that it was made. A token's own text is no key: an ES256
    signature can be written in two ways. `body.<path>`: a claim of the token that is the body, also inside
    claims that are JSON. `once`: its `jti`, otherwise the hash of its claims."""
    place, _, path = name.partition(".")
    if place in ("body", "once"):
        payload = request.body.decode().strip().split(".")[1]
        said = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        whole = f"sha256:{hashlib.sha256(said).hexdigest()}"
        return text_at(said, path) if path else text_at(said, "jti") or whole
    payload = request.headers["plaid-verification"].split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    issued = claims.get("iat")
    return str(issued) if isinstance(issued, int | float) else None


def _seconds(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name)
    return int(text) if text else None


def _token(claim: Claim) -> str:
    if claim.parameters["header"] == "body":
        return claim.request.body.decode().strip()
    value = single(claim.request, claim.parameters["header"].lower(), "token_missing")
    prefix = claim.parameters.get("prefix", "")
    if value[: len(prefix)].lower() != prefix.lower():
        raise SignatureError("token_malformed")
    return value[len(prefix) :].strip()


def _check_url_and_sender(claims: Mapping[str, Any], claim: Claim) -> None:
    name = claim.parameters.get("url_claim")
    if name:
        urls = [hashlib.sha256(url.encode()).hexdigest() for url in claim.public_urls]
        _equal(claims.get(name), *urls)
    email = claim.parameters.get("email")
    if email and (claims.get("email_verified") is not True or claims.get("email") != email):
        raise SignatureError("claim_mismatch")
    if claim.parameters.get("subject") == "url":
        _equal(claims.get("sub"), *claim.public_urls)


def _check_body(claims: Mapping[str, Any], claim: Claim) -> None:
    name, body = claim.parameters.get("body_claim"), claim.request.body
    if not name or name == "none":
        return
    stated = claims.get(name)
    if not body and not stated:
        return
    if not body and claim.parameters.get("body_when_empty") != "hashed":
        raise SignatureError("claim_mismatch")
    _equal(stated, *body_spellings(body, claim.parameters.get("body_encoding") or "hex"))


def body_spellings(body: bytes, encoding: str) -> tuple[str, ...]:
    """How a claim may state the body."""
    if encoding == "text":
        return (body.decode(),)
    digest = hashlib.sha256(body).digest()
    padded = urlsafe_b64encode(digest).decode()
    return {
        "hex": (digest.hex(),),
        "base64": (b64encode(digest).decode(),),
        "base64url": (padded.rstrip("="),),
        "base64url-any": (padded.rstrip("="), padded),
    }[encoding]


def _equal(stated: object, *actual: str) -> None:
    """Whether `stated` is one of `actual`; all are compared, in constant time."""
    if not isinstance(stated, str):
        raise SignatureError("claim_missing")
    if not matches([text.encode() for text in actual], [stated.encode()]):
        raise SignatureError("claim_mismatch")
