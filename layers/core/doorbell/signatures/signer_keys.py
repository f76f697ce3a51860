"""Signing with private keys: the other side of `ed25519` and `ecdsa`. Loads `cryptography`."""

import binascii

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from doorbell.domain.errors import SignatureError
from doorbell.signatures.keys import key_bytes
from doorbell.signatures.scheme import Scheme


def ed25519_key(secret: str) -> ed25519.Ed25519PrivateKey:
    """From a seed: `whsk_` and base64, or hex."""
    if secret.startswith("whsk_"):
        return ed25519.Ed25519PrivateKey.from_private_bytes(
            key_bytes("base64", secret.removeprefix("whsk_"))[:32]
        )
    return ed25519.Ed25519PrivateKey.from_private_bytes(binascii.unhexlify(secret))


def private_signature(scheme: Scheme, secret: str, message: bytes) -> bytes:
    if scheme.algorithm == "ed25519":
        return ed25519_key(secret).sign(message)
    key = load_pem_private_key(secret.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SignatureError("secret_malformed")
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def rsa_signature(secret: str, message: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    key = load_pem_private_key(secret.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SignatureError("secret_malformed")
    return key.sign(message, padding.PKCS1v15(), algorithm)


def public_half(provider_key: str, secret: str) -> str:
    """What a source stores for a provider that signs with the private key `secret`.

    `provider_key` is the scheme's key kind: hex or whpk (Ed25519), spki (ECDSA).
    """
    from base64 import b64encode

    if provider_key == "spki":
        public = load_pem_private_key(secret.encode(), None).public_key()
        return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    raw = ed25519_key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return raw.hex() if provider_key == "hex" else "whpk_" + b64encode(raw).decode()
