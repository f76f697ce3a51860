"""Public-key signatures. Importing this loads `cryptography`; only `digests` and special schemes do."""

from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from doorbell.signatures.scheme import Scheme

ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())


def decode(encoding: str, text: bytes) -> bytes | None:
    """The signature's bytes, or None when `text` is not their one canonical spelling."""
    try:
        raw = unhexlify(text) if encoding == "hex" else a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    again = hexlify(raw) if encoding == "hex" else b2a_base64(raw, newline=False)
    return raw if again == text else None


@lru_cache(maxsize=64)
def _ed25519(key: bytes) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(key)


@lru_cache(maxsize=64)
def _p256(key: bytes) -> ec.EllipticCurvePublicKey:
    loaded = serialization.load_der_public_key(key)
    if not isinstance(loaded, ec.EllipticCurvePublicKey) or not isinstance(loaded.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return loaded


def verifies(scheme: Scheme, key: bytes, message: bytes, text: bytes) -> bool:
    """Whether `text` is `key`'s signature of `message`. What is no key verifies nothing."""
    signature = decode(scheme.signature.encoding, text)
    if signature is None:
        return False
    try:
        if scheme.algorithm == "ed25519":
            _ed25519(key).verify(signature, message)
        else:
            _p256(key).verify(signature, message, ECDSA_SHA256)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
