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
from doorbell.signatures.schemes.keys import key_bytes
from doorbell.signatures.schemes.scheme import Scheme

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}


def ed25519_key(secret: str) -> ed25519.Ed25519PrivateKey:
    """From a PEM, or from a seed: `whsk_` and base64, or hex."""
    if secret.lstrip().startswith("-----BEGIN"):
        key = load_pem_private_key(secret.encode(), None)
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise SignatureError("secret_malformed")
        return key
    if secret.startswith("whsk_"):
        return ed25519.Ed25519PrivateKey.from_private_bytes(
            key_bytes("base64", secret.removeprefix("whsk_"))[:32]
        )
    return ed25519.Ed25519PrivateKey.from_private_bytes(binascii.unhexlify(secret))


def private_signature(scheme: Scheme, secret: str, message: bytes) -> bytes:
    if scheme.algorithm == "ed25519":
        return ed25519_key(secret).sign(message)
    algorithm = _HASHES[scheme.algorithm.rpartition("-")[2]]
    if scheme.algorithm.startswith("rsa-pss-"):
        return rsa_signature(secret, message, algorithm, pss=True)
    if scheme.algorithm.startswith("rsa-"):
        return rsa_signature(secret, message, algorithm)
    key = load_pem_private_key(secret.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SignatureError("secret_malformed")
    return key.sign(message, ec.ECDSA(algorithm))


def rsa_signature(
    secret: str, message: bytes, algorithm: hashes.HashAlgorithm, *, pss: bool = False
) -> bytes:
    """As PKCS #1 v1.5 has it, or as PSS, with a salt as long as the digest."""
    key = load_pem_private_key(secret.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SignatureError("secret_malformed")
    if pss:
        salted = padding.PSS(padding.MGF1(algorithm), padding.PSS.DIGEST_LENGTH)
        return key.sign(message, salted, algorithm)
    return key.sign(message, padding.PKCS1v15(), algorithm)


def public_half(provider_key: str, secret: str) -> str:
    """What a source stores for a provider that signs with the private key `secret`.

    `provider_key` is the scheme's key kind: hex, base64, ed25519 or whpk (Ed25519), spki (ECDSA, RSA).
    """
    from base64 import b64encode

    if provider_key == "spki":
        public = load_pem_private_key(secret.encode(), None).public_key()
        return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    raw = ed25519_key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = b64encode(raw).decode()
    return {"whpk": f"whpk_{text}", "base64": text}.get(provider_key, raw.hex())
