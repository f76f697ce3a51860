"""RSA signatures as PKCS #1 v1.5 has them (RFC 8017, 8.2.2), and as PSS (8.1.2) for names that begin with
`pss-`. Importing this loads `cryptography`; only `digests` does, when a scheme first asks for it.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # for providers that have no other
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}
LEAST_BITS = 2048
PSS = "pss-"


@lru_cache(maxsize=64)
def public_key(key: bytes) -> rsa.RSAPublicKey:
    """Of a SubjectPublicKeyInfo, or of a certificate; `ValueError` for what has no such key."""
    try:
        loaded = serialization.load_der_public_key(key)
    except ValueError:
        loaded = x509.load_der_x509_certificate(key).public_key()
    if not isinstance(loaded, rsa.RSAPublicKey) or loaded.key_size < LEAST_BITS:
        raise ValueError(f"not an RSA key of at least {LEAST_BITS} bits")
    return loaded


def verifier(hash_name: str) -> Callable[[bytes, Sequence[bytes], bytes], bool]:
    """Whether a signature is a key's of the message that the parts make. What is no key verifies nothing."""
    algorithm = HASHES[hash_name.removeprefix(PSS)]
    of_digest, padded = Prehashed(algorithm), _padding(hash_name, algorithm)

    def verifies(key: bytes, message: Sequence[bytes], signature: bytes) -> bool:
        digest = hashes.Hash(algorithm)
        for part in message:
            digest.update(part)
        try:
            public_key(key).verify(signature, digest.finalize(), padded, of_digest)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
            return False
        return True

    return verifies


def _padding(hash_name: str, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    """PSS with MGF1 of the same hash, as all known senders have it, and with a salt of any length: they
    differ in it, and a signature proves as much with one as with another."""
    if not hash_name.startswith(PSS):
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
