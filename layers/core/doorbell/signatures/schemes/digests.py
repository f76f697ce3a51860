"""Checking a declared scheme: keyed digests here, public keys in `ed25519`, `ecdsa` and `rsa` (loaded when
first needed).

`checker` makes the function that does it once for each scheme, as `reader`, `judge` and `speller` make its
parts: what the scheme says is asked then, and not for every request.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.encoding import DECODERS, ENCODERS
from doorbell.signatures.schemes.keyed import decoded_keys, keyed_hashes
from doorbell.signatures.schemes.packing import reader
from doorbell.signatures.schemes.timestamps import judge

if TYPE_CHECKING:
    from doorbell.signatures.claim import Claim
    from doorbell.signatures.schemes.message import Spell
    from doorbell.signatures.schemes.scheme import Scheme

HASHES = {f"hmac-{name}": name for name in ("md5", "sha1", "sha256", "sha384", "sha512")}
PLAIN_HASHES = {name: name for name in ("md5", "sha1", "sha256", "sha384", "sha512", "keccak256")}
PUBLIC_KEYS = (
    "ed25519", "ecdsa-p256-sha256", "ecdsa-p256-sha1", "rsa-sha1", "rsa-sha256", "rsa-sha512",
    "rsa-pss-sha256", "rsa-pss-sha512",
)  # fmt: skip
WEAK = ("hmac-md5", "ecdsa-p256-sha1", "rsa-sha1", *PLAIN_HASHES)
"""Of a broken hash, or no HMAC. (HMAC-SHA1 is old, and not broken.)"""

type Check = Callable[[Claim], None]
"""Returns when the claim is proven; otherwise `SignatureError`."""
type Prove = Callable[[Claim, str, Sequence[bytes]], bool]
"""Of a claim, its time as written and the signatures it offers: whether one of them is genuine."""
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
    raw = _hashed(plain, message) if plain else hmac.digest(key, message, HASHES[scheme.algorithm])
    return ENCODERS[scheme.signature.encoding](raw)


def _hashed(name: str, message: bytes) -> bytes:
    if name == "keccak256":
        from doorbell.signatures.schemes.keccak import keccak256

        return keccak256(message)
    return hashlib.new(name, message, usedforsecurity=name not in ("md5", "sha1")).digest()


def checker(scheme: Scheme, spell: Spell) -> Check:
    """The check of `scheme`, whose messages `spell` makes.

    Signatures are compared as the text the provider would have written: another spelling of the same
    bytes (upper-case hex, loose base64) is not its signature.
    """
    required, read = scheme.required, reader(scheme.signature, scheme.timestamp)
    fresh = None if scheme.timestamp is None else judge(scheme.timestamp)
    is_proven = _prover(scheme)(scheme, spell)

    def check(claim: Claim) -> None:
        if required:
            _require_headers(required, claim)
        given, stamp = read(claim.request)
        if fresh is not None:
            fresh(stamp, claim.now, claim.tolerance)
        if not is_proven(claim, stamp, given):
            raise SignatureError("signature_mismatch")

    return check


def _prover(scheme: Scheme) -> Callable[[Scheme, Spell], Prove]:
    if scheme.algorithm in HASHES:
        return _by_secret if "secret" in scheme.message else _by_hmac
    return _by_secret if scheme.algorithm in PLAIN_HASHES else _by_public_key


def _require_headers(required: Sequence[tuple[str, str]], claim: Claim) -> None:
    for name, value in required:
        if claim.request.headers.get(name) != value:
            raise SignatureError("header_unexpected")


def _by_hmac(scheme: Scheme, spell: Spell) -> Prove:
    """For a spelling of the message every pair is compared, each in constant time; the next spelling is made
    only for who is not proven by this one."""
    kind, hash_name, encode = scheme.key, HASHES[scheme.algorithm], ENCODERS[scheme.signature.encoding]

    def is_proven(claim: Claim, stamp: str, given: Sequence[bytes]) -> bool:
        keys, found = keyed_hashes(kind, hash_name, tuple(claim.secrets)), False
        for message in spell(claim, stamp, b""):
            for key in keys:
                expected = encode(key.digest(message))
                for text in given:
                    found |= compare_digest(expected, text)
            if found:
                return True
        return False

    return is_proven


def _by_secret(scheme: Scheme, spell: Spell) -> Prove:
    """A plain hash, or an HMAC, of a message that has the secret in it."""

    def is_proven(claim: Claim, stamp: str, given: Sequence[bytes]) -> bool:
        expected = [
            digest(scheme, key, b"".join(message))
            for key in decoded_keys(scheme.key, tuple(claim.secrets))
            for message in spell(claim, stamp, key)
        ]
        return matches(expected, given)

    return is_proven


def _by_public_key(scheme: Scheme, spell: Spell) -> Prove:
    """Signatures are read as `encoding.decode` reads them, without its call."""
    kind, algorithm, encoding = scheme.key, scheme.algorithm, scheme.signature.encoding
    decode, encode = DECODERS[encoding], ENCODERS[encoding]

    def is_proven(claim: Claim, stamp: str, given: Sequence[bytes]) -> bool:
        verifies, keys = _verifier(algorithm), decoded_keys(kind, tuple(claim.secrets))
        for text in given:
            try:
                signature = decode(text)
            except ValueError:
                continue
            if encode(signature) != text:
                continue
            for message in spell(claim, stamp, b""):
                for key in keys:
                    if verifies(key, message, signature):
                        return True
        return False

    return is_proven


def is_signed_by(algorithm: str, kind: str, claim: Claim, message: bytes, signature: bytes) -> bool:
    """Whether `signature`, in bytes, is that of one of the claim's secrets: for special rules."""
    secrets = tuple(claim.secrets)
    if algorithm in HASHES:
        keys = keyed_hashes(kind, HASHES[algorithm], secrets)
        return matches([key.digest((message,)) for key in keys], [signature])
    return any(_verifier(algorithm)(key, (message,), signature) for key in decoded_keys(kind, secrets))


@cache
def _verifier(algorithm: str) -> Verifies:
    if algorithm == "ed25519":
        from doorbell.signatures.schemes import ed25519

        return ed25519.verifies
    if algorithm.startswith("rsa-"):
        from doorbell.signatures.schemes import rsa

        return rsa.verifier(algorithm.removeprefix("rsa-"))
    from doorbell.signatures.schemes import ecdsa

    return ecdsa.verifies if algorithm == "ecdsa-p256-sha256" else ecdsa.verifies_sha1
