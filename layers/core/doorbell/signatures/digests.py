"""Checking a declared scheme: keyed digests here, public keys in `ed25519` and `ecdsa` (loaded when first
needed)."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import cache
from hmac import compare_digest

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.encoding import decode
from doorbell.signatures.keyed import decoded_keys, keyed_hashes
from doorbell.signatures.scheme import HASHES, Scheme

PLAIN_HASHES = {"sha256": "sha256"}

type Verifies = Callable[[bytes, Sequence[bytes], bytes], bool]
"""Of a public key, a message in parts and a signature."""


def matches(expected: Sequence[bytes], given: Sequence[bytes]) -> bool:
    """Whether any pair is equal. Every pair is compared, each in constant time."""
    found = False
    for one in expected:
        for other in given:
            found |= compare_digest(one, other)
    return found


def digest(scheme: Scheme, key: bytes, message: bytes) -> bytes:
    """The signature of `message`, encoded as the provider writes it (without prefix)."""
    plain = PLAIN_HASHES.get(scheme.algorithm)
    raw = (
        hashlib.new(plain, message).digest() if plain else hmac.digest(key, message, HASHES[scheme.algorithm])
    )
    return scheme.encode(raw)


def check(scheme: Scheme, claim: Claim) -> None:
    """Return when `claim` is proven under `scheme`; otherwise `SignatureError`.

    Signatures are compared as the text the provider would have written: another spelling of the same
    bytes (upper-case hex, loose base64) is not its signature.
    """
    if scheme.required:
        _require_headers(scheme, claim)
    given, stamp = scheme.read(claim.request)
    if scheme.judge is not None:
        scheme.judge(stamp, claim.now, claim.tolerance)
    if scheme.hash_name:
        proven = _hmac_matches(scheme, claim, stamp, given)
    elif scheme.algorithm in PLAIN_HASHES:
        proven = _plain_hash_matches(scheme, claim, stamp, given)
    else:
        proven = _verifies(scheme, claim, stamp, given)
    if not proven:
        raise SignatureError("signature_mismatch")


def _require_headers(scheme: Scheme, claim: Claim) -> None:
    for name, value in scheme.required.items():
        if claim.request.headers.get(name) != value:
            raise SignatureError("header_unexpected")


def _hmac_matches(scheme: Scheme, claim: Claim, stamp: str, given: Sequence[bytes]) -> bool:
    """Whether any is what a key makes of a message. For a spelling of the message every pair is compared,
    each in constant time; the next spelling is made only for who is not proven by this one."""
    keys, encode = keyed_hashes(scheme.key, scheme.hash_name, tuple(claim.secrets)), scheme.encode
    found = False
    for message in scheme.spell(claim, stamp, b""):
        for key in keys:
            expected = encode(key.digest(message))
            for text in given:
                found |= compare_digest(expected, text)
        if found:
            return True
    return False


def _plain_hash_matches(scheme: Scheme, claim: Claim, stamp: str, given: Sequence[bytes]) -> bool:
    expected = [
        digest(scheme, b"", b"".join(message))
        for key in decoded_keys(scheme.key, tuple(claim.secrets))
        for message in scheme.spell(claim, stamp, key)
    ]
    return matches(expected, given)


def _verifies(scheme: Scheme, claim: Claim, stamp: str, given: Sequence[bytes]) -> bool:
    verifies, keys = _verifier(scheme.algorithm), decoded_keys(scheme.key, tuple(claim.secrets))
    signatures = [raw for text in given if (raw := decode(scheme.signature.encoding, text)) is not None]
    for message in scheme.spell(claim, stamp, b""):
        for key in keys:
            for signature in signatures:
                if verifies(key, message, signature):
                    return True
    return False


@cache
def _verifier(algorithm: str) -> Verifies:
    if algorithm == "ed25519":
        from doorbell.signatures import ed25519

        return ed25519.verifies
    from doorbell.signatures import ecdsa

    return ecdsa.verifies
