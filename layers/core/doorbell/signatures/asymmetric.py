"""Public-key signatures. Importing this loads `cryptography`; only `digests` and special schemes do."""

import binascii
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from doorbell.signatures.scheme import Scheme


def decode(encoding: str, text: bytes) -> bytes | None:
    """The signature's bytes, or None when `text` is not their one canonical spelling."""
    try:
        raw = binascii.unhexlify(text) if encoding == "hex" else b64decode(text, validate=True)
    except ValueError:
        return None
    again = raw.hex().encode() if encoding == "hex" else b64encode(raw)
    return raw if again == text else None


def _ed25519(key: bytes) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(key)


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
            _p256(key).verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
