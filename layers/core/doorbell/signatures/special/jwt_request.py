"""Requests proven by a JWT with claims over URL and body: MessageBird, Vonage, Plaid, and any other.

`header` and `prefix` say where the token is; `body_claim` is the claim with the body's SHA-256
(`body_encoding` hex or base64url), `url_claim` the one with the URL's. With a body claim, a body without it
is refused.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.special.jwt_checks import ALGORITHMS, Expectation, verify


def check(claim: Claim) -> None:
    parameters = claim.parameters
    algorithms = tuple(parameters.get("algorithms", "").split())
    if not algorithms or not set(algorithms) <= set(ALGORITHMS):
        raise SignatureError("source_misconfigured")
    expected = Expectation(
        algorithms,
        jwks_url=parameters.get("jwks_url", ""),
        issuer=parameters.get("issuer", ""),
        audience=parameters.get("audience", ""),
        requires=tuple(parameters.get("requires", "").split()),
        leeway=int(parameters.get("leeway") or 0),
        max_age=_seconds(parameters, "max_age"),
        age_without_exp=_seconds(parameters, "age_without_exp"),
    )
    claims = verify(_token(claim), claim, expected)
    _check_url(claims, claim)
    _check_body(claims, claim)


def _seconds(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name)
    return int(text) if text else None


def _token(claim: Claim) -> str:
    value = single(claim.request, claim.parameters["header"].lower(), "token_missing")
    prefix = claim.parameters.get("prefix", "")
    if value[: len(prefix)].lower() != prefix.lower():
        raise SignatureError("token_malformed")
    return value[len(prefix) :].strip()


def _check_url(claims: Mapping[str, Any], claim: Claim) -> None:
    name = claim.parameters.get("url_claim")
    if name:
        _equal(claims.get(name), hashlib.sha256(claim.public_url.encode()).hexdigest())


def _check_body(claims: Mapping[str, Any], claim: Claim) -> None:
    name, body = claim.parameters.get("body_claim"), claim.request.body
    if not name or name == "none":
        return
    stated = claims.get(name)
    if not body and not stated:
        return
    if not body and claim.parameters.get("body_when_empty") != "hashed":
        raise SignatureError("claim_mismatch")
    digest = hashlib.sha256(body).digest()
    base64url = claim.parameters.get("body_encoding") == "base64url"
    _equal(stated, urlsafe_b64encode(digest).rstrip(b"=").decode() if base64url else digest.hex())


def _equal(stated: object, actual: str) -> None:
    if not isinstance(stated, str):
        raise SignatureError("claim_missing")
    if not hmac.compare_digest(stated.encode(), actual.encode()):
        raise SignatureError("claim_mismatch")
