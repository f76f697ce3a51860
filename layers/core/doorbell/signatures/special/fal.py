"""fal: Ed25519 of ids, time and the body's SHA-256, with one of the keys of a JWKS.

A source may store keys (hex) instead.
https://docs.fal.ai/model-apis/model-endpoints/webhooks
"""

from base64 import urlsafe_b64decode
from dataclasses import replace

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.compiled import check_of
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt
from doorbell.signatures.special.key_sets import jwks_keys

PREFIX = "x-fal-webhook"
SCHEME = Scheme(
    SignatureAt(headers=(f"{PREFIX}-signature",)),
    message=(
        f"header:{PREFIX}-request-id", "text:\n", f"header:{PREFIX}-user-id", "text:\n", "timestamp",
        "text:\n", "digest:sha256:hex",
    ),
    algorithm="ed25519",
    key="ed25519",
    timestamp=TimestampAt(headers=(f"{PREFIX}-timestamp",)),
)  # fmt: skip
MAX_KEYS = 8


def check(claim: Claim) -> None:
    if not claim.secrets:
        claim = replace(claim, secrets=_published(claim))
    check_of(SCHEME)(claim)


def _published(claim: Claim) -> tuple[str, ...]:
    """Every key of the set: nothing in a request says which."""
    keys = jwks_keys(claim.parameters["jwks_url"], None, claim, every=True)
    found = tuple(
        urlsafe_b64decode(key["x"] + "==").hex()
        for key in keys[:MAX_KEYS]
        if key.get("crv") == "Ed25519" and isinstance(key.get("x"), str)
    )
    if not found:
        raise SignatureError("key_unavailable")
    return found
