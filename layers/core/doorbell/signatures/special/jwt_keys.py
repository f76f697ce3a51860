"""The keys of a token: of the source's secrets, or of a JWKS. Loads PyJWT."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.keyed import decoded_keys
from doorbell.signatures.schemes.keys import WRAPPED_PEM, shared
from doorbell.signatures.special.key_sets import jwks_keys, parse_jwks, select

_NO_KEY = (jwt.PyJWTError, LookupError, TypeError, ValueError, UnsupportedAlgorithm)
"""What PyJWT raises for what is no key of the algorithm's kind."""


def keys_for(header: Mapping[str, Any], algorithm: str, claim: Claim, jwks_url: str) -> list[Any]:
    """The keys to try: a JWKS is searched for the token's `kid`, secrets are taken as they are."""
    if jwks_url:
        return _loaded(jwks_keys(jwks_url, header.get("kid"), claim), algorithm)
    if algorithm.startswith("HS"):
        return _shared(claim)
    secrets = [_unwrapped(secret) for secret in claim.secrets]
    found: list[Any] = [secret for secret in secrets if secret.lstrip().startswith("-----")]
    for secret in secrets:
        if secret.lstrip().startswith("{"):
            found += _loaded(select(parse_jwks(secret) or [], header.get("kid")), algorithm)
    return found


def _shared(claim: Claim) -> list[Any]:
    secrets, kind = shared(claim.secrets), claim.parameters.get("key") or "text"
    if kind == "text":
        return [secret.encode() for secret in secrets]
    return list(decoded_keys(kind, tuple(secrets))) if secrets else []


def _unwrapped(secret: str) -> str:
    """Some hand a PEM over as base64 (Wix)."""
    if not secret.startswith(WRAPPED_PEM):
        return secret
    try:
        return b64decode(secret, validate=False).decode()
    except ValueError:
        return secret


def _loaded(keys: Sequence[dict[str, Any]], algorithm: str) -> list[Any]:
    """The keys that are of the algorithm's kind: the token names the algorithm, and may be forged."""
    found: list[Any] = []
    for key in keys:
        try:
            found.append(jwt.PyJWK.from_dict(key, algorithm=algorithm).key)
        except _NO_KEY:
            continue
    return found


def require_usable(secrets: Sequence[str], algorithms: Sequence[str]) -> None:
    """`secret_missing` or `secret_malformed` where no secret is a key for any algorithm that is allowed,
    whatever the token says."""
    if not secrets:
        raise SignatureError("secret_missing")
    if not any(_is_key(secret, algorithm) for secret in secrets for algorithm in algorithms):
        raise SignatureError("secret_malformed")


def _is_key(secret: str, algorithm: str) -> bool:
    text = _unwrapped(secret).lstrip()
    if text.startswith("{"):
        return bool(_loaded(parse_jwks(text) or [], algorithm))
    if text.startswith("-----") == algorithm.startswith("HS"):
        return False
    try:
        jwt.get_algorithm_by_name(algorithm).prepare_key(text)
    except _NO_KEY:
        return False
    return True
