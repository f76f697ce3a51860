"""ECDSA on P-256 with SHA-256 (FIPS 186-5). Importing this loads `cryptography`; only `digests` does, when a
scheme first asks for it.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

OF_DIGEST = ec.ECDSA(Prehashed(hashes.SHA256()))


@lru_cache(maxsize=64)
def _p256(key: bytes) -> ec.EllipticCurvePublicKey:
    loaded = serialization.load_der_public_key(key)
    if not isinstance(loaded, ec.EllipticCurvePublicKey) or not isinstance(loaded.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return loaded


def verifies(key: bytes, message: Sequence[bytes], signature: bytes) -> bool:
    """Whether `signature` (DER) is `key`'s (a SubjectPublicKeyInfo) of the message that the parts make.
    What is no key verifies nothing."""
    digest = sha256()
    for part in message:
        digest.update(part)
    try:
        _p256(key).verify(signature, digest.digest(), OF_DIGEST)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
