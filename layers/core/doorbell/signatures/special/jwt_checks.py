"""JSON Web Tokens: pinned algorithms, keys given or from a JWKS, our own clock. Loads PyJWT."""

import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.warnings import InsecureKeyLengthWarning

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.special.jwt_keys import keys_for, require_usable

ALGORITHMS = (
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
    "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
MAX_TOKEN = 16_384


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a token must be. `issuer`: one, or several between blanks. `max_age` bounds `iat`, in seconds; so
    does `age_without_exp`, in a token that does not say itself when it ends. `leeway` is clock skew, in
    seconds."""

    algorithms: tuple[str, ...]
    jwks_url: str = ""
    issuer: str = ""
    audience: str = ""
    requires: tuple[str, ...] = ()
    leeway: int = 0
    max_age: int | None = None
    age_without_exp: int | None = None


def verify(token: str, claim: Claim, expected: Expectation) -> dict[str, Any]:
    """The token's claims, when one of the keys signed it and all that is expected holds."""
    header = header_of(token)
    algorithm = str(header.get("alg"))
    if algorithm not in expected.algorithms:
        raise SignatureError("algorithm_not_allowed")
    claims = _decode(token, algorithm, keys_for(header, algorithm, claim, expected.jwks_url))
    if claims is None:
        if not expected.jwks_url:
            require_usable(claim.secrets, expected.algorithms)
        raise SignatureError("signature_mismatch")
    _check_claims(claims, claim, expected)
    return claims


def header_of(token: str) -> Mapping[str, Any]:
    if len(token) > MAX_TOKEN or token.count(".") != 2 or not all(map(_canonical, token.split("."))):
        raise SignatureError("token_malformed")
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise SignatureError("token_malformed") from error


def _canonical(segment: str) -> bool:
    """Whether the segment is the one base64url spelling of its bytes (RFC 7515, section 2)."""
    try:
        raw = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        return False
    return urlsafe_b64encode(raw).rstrip(b"=") == segment.encode()


def _decode(token: str, algorithm: str, keys: Sequence[Any]) -> dict[str, Any] | None:
    """The token's claims; None when none of the keys signed it."""
    options: Any = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        for key in keys:
            try:
                return dict(jwt.decode(token, key, algorithms=[algorithm], options=options))
            except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
                continue
            except jwt.PyJWTError as error:
                raise SignatureError("token_malformed") from error
    return None


def _check_claims(claims: Mapping[str, Any], claim: Claim, expected: Expectation) -> None:
    for name in expected.requires:
        if claims.get(name) in (None, ""):
            raise SignatureError("claim_missing")
    leeway = claim.tolerance_or(expected.leeway)
    expires, starts, issued = (_time(claims, name) for name in ("exp", "nbf", "iat"))
    if expires is not None and claim.now - leeway >= expires:
        raise SignatureError("timestamp_out_of_tolerance")
    if starts is not None and claim.now + leeway < starts:
        raise SignatureError("timestamp_out_of_tolerance")
    max_age = expected.age_without_exp if expires is None and expected.max_age is None else expected.max_age
    if max_age is not None:
        limit = claim.tolerance_or(max_age)
        if issued is None or abs(claim.now - issued) > limit:
            raise SignatureError("timestamp_out_of_tolerance")
    if expected.issuer and claims.get("iss") not in expected.issuer.split():
        raise SignatureError("claim_mismatch")
    audience = claims.get("aud")
    if expected.audience and expected.audience not in (
        audience if isinstance(audience, list) else [audience]
    ):
        raise SignatureError("claim_mismatch")


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignatureError("timestamp_malformed")
    return float(value)
