"""ECDSA on P-256 with SHA-256 (FIPS 186-5), or with SHA-1 where a provider has no other. Importing this loads
`cryptography`; only `digests` does, when a scheme first asks for it.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import new

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

OF_DIGEST = {
    "sha256": ec.ECDSA(Prehashed(hashes.SHA256())),
    "sha1": ec.ECDSA(Prehashed(hashes.SHA1())),
}


@lru_cache(maxsize=64)
def _p256(key: bytes) -> ec.EllipticCurvePublicKey:
    loaded = serialization.load_der_public_key(key)
    if not isinstance(loaded, ec.EllipticCurvePublicKey) or not isinstance(loaded.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return loaded


def verifies(key: bytes, message: Sequence[bytes], signature: bytes) -> bool:
    """Whether `signature` (DER) is `key`'s (a SubjectPublicKeyInfo) of the message that the parts make.
    What is no key verifies nothing."""
    return _verifies("sha256", key, message, signature)


def verifies_sha1(key: bytes, message: Sequence[bytes], signature: bytes) -> bool:
    return _verifies("sha1", key, message, signature)


def _verifies(hash_name: str, key: bytes, message: Sequence[bytes], signature: bytes) -> bool:
    digest = new(hash_name, usedforsecurity=False)
    for part in message:
        digest.update(part)
    try:
        _p256(key).verify(signature, digest.digest(), OF_DIGEST[hash_name])
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
