"""Signing certificates that are fetched by URL: checked against the public roots, kept in memory."""

import ssl
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import ISSUER_HOSTS, Claim
from doorbell.signatures.encoding import decode

MAX_BYTES = 65_536
TIMEOUT_SECONDS = 3.0
KEPT = 32
CHECK_SECONDS = 3600
"""How long a chain once checked is trusted without another look."""

_lock = threading.Lock()
_kept: OrderedDict[str, tuple[float, rsa.RSAPublicKey]] = OrderedDict()


def public_key(url: str, claim: Claim, *, suffixes: Sequence[str], common_name: str = "") -> rsa.RSAPublicKey:
    """The RSA key of the certificate at `url`, whose host the caller has allowed.

    Its names must end in one of `suffixes`, its common name in `common_name`, and it must lead to a public
    root at the claim's time.
    """
    with _lock:
        kept = _kept.get(url)
    if kept is not None and abs(claim.now - kept[0]) < CHECK_SECONDS and not claim.trusted_certificates:
        return kept[1]
    certificates = _load(fetch(url, claim))
    key = certificates[0].public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
        raise SignatureError("certificate_untrusted")
    if not _common_name(certificates[0]).endswith(common_name):
        raise SignatureError("certificate_untrusted")
    if claim.trusted_certificates:
        _require_given(certificates[0], claim)
        return key
    _require_chain(certificates, _name(certificates[0], suffixes), claim)
    with _lock:
        _kept[url] = (claim.now, key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return key


def decoded(signature: str) -> bytes:
    """The bytes of a base64 signature in its one canonical spelling."""
    raw = decode("base64", signature.encode())
    if not raw:
        raise SignatureError("signature_malformed")
    return raw


def verifies(
    key: rsa.RSAPublicKey, signature: bytes, message: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    try:
        key.verify(signature, message, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def fetch(url: str, claim: Claim) -> bytes:
    """The bytes at `url`, through the egress guard; whatever goes wrong is `key_unavailable`."""
    if claim.fetch is None:
        raise SignatureError("key_unavailable")
    host = urlsplit(url).hostname or ""
    try:
        return claim.fetch.get(
            url, allowed_hosts=(host,), max_bytes=MAX_BYTES, timeout_seconds=TIMEOUT_SECONDS
        )
    except Exception as error:
        raise SignatureError("key_unavailable") from error


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value).lower() if names else ""


def _load(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise SignatureError("certificate_malformed") from error


def _require_given(leaf: x509.Certificate, claim: Claim) -> None:
    if leaf not in _load(claim.trusted_certificates):
        raise SignatureError("certificate_untrusted")


def _name(leaf: x509.Certificate, suffixes: Sequence[str]) -> str:
    """The certificate's first DNS name under one of the suffixes."""
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound as error:
        raise SignatureError("certificate_untrusted") from error
    names = extension.value.get_values_for_type(x509.DNSName)
    found = [name for name in names if name.lower().endswith(tuple(suffixes)) and "*" not in name]
    if not found:
        raise SignatureError("certificate_untrusted")
    return found[0]


def _require_chain(certificates: list[x509.Certificate], name: str, claim: Claim) -> None:
    """Raise unless the chain leads to a public root; a missing intermediate is fetched once."""
    if _leads_to_root(certificates, name, claim.now):
        return
    issuer = _issuer(certificates[-1], claim)
    if issuer is None or not _leads_to_root([*certificates, issuer], name, claim.now):
        raise SignatureError("certificate_untrusted")


def _leads_to_root(certificates: list[x509.Certificate], name: str, now: float) -> bool:
    verifier = (
        PolicyBuilder()
        .store(Store(_roots()))
        .time(datetime.fromtimestamp(now, UTC))
        .build_server_verifier(x509.DNSName(name))
    )
    try:
        verifier.verify(certificates[0], certificates[1:])
    except VerificationError:
        return False
    return True


def _issuer(certificate: x509.Certificate, claim: Claim) -> x509.Certificate | None:
    """The issuer's certificate, from where the certificate says it is (RFC 5280, 4.2.2.1).

    What comes needs no trust of its own: it counts only if it completes the chain.
    """
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return None
    for description in access:
        if description.access_method != AuthorityInformationAccessOID.CA_ISSUERS:
            continue
        url = str(description.access_location.value)
        if (urlsplit(url).hostname or "").endswith(ISSUER_HOSTS):
            raw = fetch(url, claim)
            return x509.load_der_x509_certificate(raw) if raw[:1] == b"\x30" else _load(raw)[0]
    return None


_BUNDLES = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem")
_root_store: list[x509.Certificate] = []


def _roots() -> list[x509.Certificate]:
    """The system's public roots, read once."""
    if not _root_store:
        paths = [ssl.get_default_verify_paths().cafile or "", *_BUNDLES]
        bundle = next((path for path in paths if path and Path(path).is_file()), None)
        if bundle is None:
            raise SignatureError("key_unavailable")
        _root_store.extend(x509.load_pem_x509_certificates(Path(bundle).read_bytes()))
    return _root_store
