"""The certificates and keys that a vector brings, in place of the network."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta


class GivenBytes:
    """A fetch that answers every allowed URL with the same bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def get(self, url: str, *, allowed_hosts: Sequence[str], max_bytes: int, timeout_seconds: float) -> bytes:
        return self._content


def as_certificate(pem: str, common_name: str) -> bytes:
    """`pem` itself, or for a bare public key a certificate that holds it."""
    if "PUBLIC KEY" not in pem:
        return pem.encode()
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    public = serialization.load_pem_public_key(pem.encode())
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("the vector's key is no RSA key")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, public, 1, start, start + timedelta(days=36_500))
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(
        serialization.Encoding.PEM
    )
