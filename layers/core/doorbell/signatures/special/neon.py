"""Neon Auth: a detached JWS whose payload is the time, a dot and the body as base64url. Unlike
`detached_jws` that payload is itself encoded, as in a JWS that is whole.
https://neon.com/docs/auth/guides/webhooks

Keys are the source's (JWKS or PEM) or those of `jwks_url`, `<NEON_AUTH_URL>/.well-known/jwks.json`.
"""

from base64 import urlsafe_b64encode

import jwt

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.timestamps import epoch_seconds, require_fresh
from doorbell.signatures.special.jwt_checks import header_of
from doorbell.signatures.special.jwt_keys import keys_for, require_usable

ALGORITHM = "EdDSA"
SIGNATURE, TIME, KEY_ID = "x-neon-signature", "x-neon-timestamp", "x-neon-signature-kid"
"""The token's own `kid` may be a short one: the page looks for the header's."""
TOLERANCE_SECONDS = 300


def check(claim: Claim) -> None:
    token = single(claim.request, SIGNATURE)
    header = header_of(token)
    jwks_url = claim.parameters.get("jwks_url", "")
    if header.get("alg") != ALGORITHM:
        raise SignatureError("algorithm_not_allowed")
    head, payload, signature = token.split(".")
    if payload or not signature or "crit" in header or header.get("b64", True) is not True:
        raise SignatureError("token_malformed")
    stamp = single(claim.request, TIME, "timestamp_missing")
    require_fresh(epoch_seconds(stamp, "ms"), claim.now, claim.tolerance_or(TOLERANCE_SECONDS))
    whole = f"{head}.{encoded(payload_of(stamp, claim.request.body))}.{signature}"
    named = {"kid": claim.request.headers.get(KEY_ID, header.get("kid"))}
    keys = keys_for(named, ALGORITHM, claim, jwks_url)
    if not any(_is_proven(whole, key) for key in keys):
        if not jwks_url:
            require_usable(claim.secrets, (ALGORITHM,))
        raise SignatureError("signature_mismatch")


def payload_of(stamp: str, body: bytes) -> bytes:
    return f"{stamp}.{encoded(body)}".encode()


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _is_proven(token: str, key: str | bytes) -> bool:
    try:
        jwt.PyJWS().decode(token, key, algorithms=[ALGORITHM])
    except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
        return False
    except jwt.PyJWTError as error:
        raise SignatureError("token_malformed") from error
    return True
