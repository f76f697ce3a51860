"""Checking a declared scheme: keyed digests here, public keys in `asymmetric` (loaded when first needed)."""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Sequence

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.keys import usable_keys
from doorbell.signatures.message import messages
from doorbell.signatures.packing import candidates, signature_values, timestamp_text
from doorbell.signatures.scheme import Scheme
from doorbell.signatures.timestamps import epoch_seconds, require_fresh

HASHES = {"hmac-sha1": "sha1", "hmac-sha256": "sha256", "hmac-sha384": "sha384", "hmac-sha512": "sha512"}
PLAIN_HASHES = {"sha256": "sha256"}
ASYMMETRIC = ("ed25519", "ecdsa-p256-sha256")

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": lambda digest: digest.hex().encode(),
    "base64": b64encode,
    "base64url": lambda digest: urlsafe_b64encode(digest).rstrip(b"="),
}


def matches(expected: Sequence[bytes], given: Sequence[bytes]) -> bool:
    """Whether any pair is equal. Every pair is compared, each in constant time."""
    found = False
    for one in expected:
        for other in given:
            found |= hmac.compare_digest(one, other)
    return found


def digest(scheme: Scheme, key: bytes, message: bytes) -> bytes:
    """The signature of `message`, encoded as the provider writes it (without prefix)."""
    plain = PLAIN_HASHES.get(scheme.algorithm)
    raw = (
        hashlib.new(plain, message).digest() if plain else hmac.digest(key, message, HASHES[scheme.algorithm])
    )
    return ENCODERS[scheme.signature.encoding](raw)


def check(scheme: Scheme, claim: Claim) -> None:
    """Return when `claim` is proven under `scheme`; otherwise `SignatureError`.

    Signatures are compared as the text the provider would have written: another spelling of the same
    bytes (upper-case hex, loose base64) is not its signature.
    """
    request = claim.request
    for name, value in scheme.required.items():
        if request.headers.get(name) != value:
            raise SignatureError("header_unexpected")
    values = signature_values(scheme.signature, request)
    given = [
        text.encode() for text in candidates(scheme.signature, values, timed=scheme.timestamp is not None)
    ]
    stamp = timestamp_text(scheme.timestamp, scheme.signature, values, request)
    if scheme.timestamp is not None:
        at = epoch_seconds(stamp, scheme.timestamp.unit)
        tolerance = claim.tolerance_or(scheme.timestamp.tolerance)
        require_fresh(at, claim.now, tolerance, scheme.timestamp.ahead)
    if not _any_match(scheme, claim, given, stamp):
        raise SignatureError("signature_mismatch")


def _any_match(scheme: Scheme, claim: Claim, given: list[bytes], stamp: str) -> bool:
    keys = usable_keys(scheme.key, claim.secrets)
    if scheme.algorithm in ASYMMETRIC:
        from doorbell.signatures import asymmetric

        return any(
            asymmetric.verifies(scheme, key, message, text)
            for message in messages(scheme, claim, stamp)
            for key in keys
            for text in given
        )
    if scheme.algorithm in PLAIN_HASHES:
        expected = [digest(scheme, b"", m) for key in keys for m in messages(scheme, claim, stamp, key)]
    else:
        expected = [digest(scheme, key, m) for m in messages(scheme, claim, stamp) for key in keys]
    return matches(expected, given)
