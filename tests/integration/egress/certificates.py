"""A certificate authority for one test run."""

from __future__ import annotations

import datetime as dt
import ssl
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Authority:
    """A root, or an intermediate `under` another."""

    def __init__(self, under: Authority | None = None) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Doorbell test authority" + (", intermediate" if under else ""))
        issuer = under or self
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = _builder(self._name, issuer._name, self._key.public_key(), days=1)
        reach = 0 if under else 1
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=reach), critical=True)
        self._certificate = builder.add_extension(usage, critical=True).sign(issuer._key, hashes.SHA256())

    @property
    def pem(self) -> str:
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def issue(
        self,
        name: str,
        *,
        client: bool = False,
        days: int = 1,
        password: bytes | None = None,
        alternative_names: bool = True,
    ) -> str:
        """Certificate and key for a host name, an address or (with `client`) a caller, as one PEM text.
        Without `alternative_names` the name is a common name only."""
        key = ec.generate_private_key(ec.SECP256R1())
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        builder = _builder(_name(name), self._name, key.public_key(), days=days)
        if alternative_names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        encryption = (
            serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        )
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        return (certificate.public_bytes(serialization.Encoding.PEM) + secret).decode("ascii")

    def server_context(
        self,
        directory: Path,
        name: str,
        *,
        days: int = 1,
        wants_client: bool = False,
        alternative_names: bool = True,
    ) -> ssl.SSLContext:
        path = directory / f"{name.replace('*', '_')}-{days}.pem"
        issued = self.issue(name, days=days, alternative_names=alternative_names)
        path.write_text(issued, encoding="ascii")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=self.pem)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, days: int
) -> x509.CertificateBuilder:
    """Valid from two days ago to `days` from now, which may be in the past."""
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=2))
        .not_valid_after(now + dt.timedelta(days=days))
    )
