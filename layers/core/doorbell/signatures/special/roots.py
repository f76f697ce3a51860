"""Whether certificates lead to one of the system's public roots, and whose they are."""

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from doorbell.domain.errors import SignatureError

_BUNDLES = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem")
_root_store: list[x509.Certificate] = []


def common_name_of(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value).lower() if names else ""


def name_among(leaf: x509.Certificate, wanted: re.Pattern[str]) -> str:
    """The certificate's first DNS name that is one of the wanted, whole."""
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound as error:
        raise SignatureError("certificate_untrusted") from error
    names = extension.value.get_values_for_type(x509.DNSName)
    found = [name for name in names if wanted.fullmatch(name.lower())]
    if not found:
        raise SignatureError("certificate_untrusted")
    return found[0]


def leads_to_root(certificates: list[x509.Certificate], name: str, now: float) -> bool:
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


def _roots() -> list[x509.Certificate]:
    """The system's public roots, read once."""
    if not _root_store:
        paths = [ssl.get_default_verify_paths().cafile or "", *_BUNDLES]
        bundle = next((path for path in paths if path and Path(path).is_file()), None)
        if bundle is None:
            raise SignatureError("key_unavailable")
        _root_store.extend(x509.load_pem_x509_certificates(Path(bundle).read_bytes()))
    return _root_store
