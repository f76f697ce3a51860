"""Checking a declared scheme: keyed digests here, public keys in `asymmetric` (loaded when first needed)."""

import hashlib
import hmac
from collections.abc import Sequence
from hmac import compare_digest

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.keyed import decoded_keys, keyed_hashes
from doorbell.signatures.message import messages, parts
from doorbell.signatures.packing import signatures
from doorbell.signatures.scheme import HASHES, Scheme
from doorbell.signatures.timestamps import epoch_seconds, require_fresh

PLAIN_HASHES = {"sha256": "sha256"}
ASYMMETRIC = ("ed25519", "ecdsa-p256-sha256")


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
    given, stamp = signatures(scheme.signature, scheme.timestamp, claim.request)
    timestamp = scheme.timestamp
    if timestamp is not None:
        tolerance = claim.tolerance_or(timestamp.tolerance)
        require_fresh(epoch_seconds(stamp, timestamp.unit), claim.now, tolerance, timestamp.ahead)
    if scheme.hash_name:
        proven = _hmac_matches(scheme, claim, stamp, given)
    elif scheme.algorithm in ASYMMETRIC:
        proven = _verifies(scheme, claim, stamp, given)
    else:
        proven = _plain_hash_matches(scheme, claim, stamp, given)
    if not proven:
        raise SignatureError("signature_mismatch")


def _require_headers(scheme: Scheme, claim: Claim) -> None:
    for name, value in scheme.required.items():
        if claim.request.headers.get(name) != value:
            raise SignatureError("header_unexpected")


def _hmac_matches(scheme: Scheme, claim: Claim, stamp: str, given: list[bytes]) -> bool:
    """Whether any is what a key makes of a message. For a spelling of the message every pair is compared,
    each in constant time; the next spelling is made only for who is not proven by this one."""
    keys = keyed_hashes(scheme.key, scheme.hash_name, tuple(claim.secrets))
    encode, found = scheme.encode, False
    spelt = ((claim.request.body,),) if scheme.signs_body_alone else parts(scheme, claim, stamp)
    for message in spelt:
        for key in keys:
            expected = encode(key.digest(message))
            for text in given:
                found |= compare_digest(expected, text)
        if found:
            return True
    return False


def _plain_hash_matches(scheme: Scheme, claim: Claim, stamp: str, given: list[bytes]) -> bool:
    keys = decoded_keys(scheme.key, tuple(claim.secrets))
    return matches(
        [digest(scheme, b"", message) for key in keys for message in messages(scheme, claim, stamp, key)],
        given,
    )


def _verifies(scheme: Scheme, claim: Claim, stamp: str, given: list[bytes]) -> bool:
    from doorbell.signatures.asymmetric import verifies

    keys = decoded_keys(scheme.key, tuple(claim.secrets))
    return any(
        verifies(scheme, key, message, text)
        for message in messages(scheme, claim, stamp)
        for key in keys
        for text in given
    )
