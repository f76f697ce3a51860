"""Signing certificates that are fetched by URL: checked against the public roots, kept in memory."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

from doorbell.domain.clocks import CLOCKS
from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import ISSUER_HOSTS, Claim
from doorbell.signatures.schemes.encoding import decode
from doorbell.signatures.special.kept_keys import KeptKey, KeptKeys
from doorbell.signatures.special.roots import common_name_of, leads_to_root, name_among

MAX_BYTES = 65_536
TIMEOUT_SECONDS = 3.0
KEPT = 32
CHECK_SECONDS = 3600
"""How long a chain once checked is trusted without another look."""
STALE_RETRY_SECONDS = 60
"""How long a host that failed is left alone meanwhile: requests wait for a fetch that times out."""
_FINAL = ("fetch_status", "fetch_too_large", "fetch_encoded")
"""Codes of the egress guard for an answer that came whole and is no certificate; see `fetch` for its 5xx."""
_BUSY = (408, 425, 429)


_kept = KeptKeys(KEPT)


def public_key(url: str, claim: Claim, *, names: re.Pattern[str], common_name: str = "") -> rsa.RSAPublicKey:
    """The RSA key of the certificate at `url`, whose host the caller has allowed.

    One of its names must be of `names`, its common name must end in `common_name`, and it must lead to a
    public root at the claim's time. One that was there before serves for a while when it cannot be fetched.
    """
    clocks = CLOCKS.told(claim.now)
    kept = None if claim.trusted_certificates else _kept.get(url)
    if kept is not None and kept.is_good(clocks):
        return kept.key
    try:
        return _fetched_key(url, claim, names, common_name)
    except SignatureError as error:
        if error.reason != "key_unavailable" or kept is None or kept.left(clocks) <= 0:
            raise
    seconds = min(STALE_RETRY_SECONDS, kept.left(clocks))
    _kept.keep(url, replace(kept, looked_at=clocks.now(), seconds=seconds))
    return kept.key


def _fetched_key(url: str, claim: Claim, names: re.Pattern[str], common_name: str) -> rsa.RSAPublicKey:
    certificates = _load(fetch(url, claim))
    key = certificates[0].public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
        raise SignatureError("certificate_untrusted")
    if not common_name_of(certificates[0]).endswith(common_name):
        raise SignatureError("certificate_untrusted")
    if claim.trusted_certificates:
        _require_given(certificates[0], claim)
        return key
    chain = _proven_chain(certificates, name_among(certificates[0], names), claim)
    expiry = min(certificate.not_valid_after_utc.timestamp() for certificate in chain)
    now = CLOCKS.told(claim.now).now()
    _kept.keep(url, KeptKey(key, now, now, CHECK_SECONDS, expiry))
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
    """The bytes at `url`, through the egress guard.

    `key_not_found` when the host answers that there is nothing of the kind: the URL comes from the caller,
    who may have invented it. Whatever else goes wrong is `key_unavailable`, and may go well later.
    """
    if claim.fetch is None:
        raise SignatureError("key_unavailable")
    host = urlsplit(url).hostname or ""
    try:
        return claim.fetch.get(
            url, allowed_hosts=(host,), max_bytes=MAX_BYTES, timeout_seconds=TIMEOUT_SECONDS
        )
    except Exception as error:
        raise SignatureError("key_not_found" if _is_final(error) else "key_unavailable") from error


def _is_final(error: Exception) -> bool:
    """By the attributes of the guard's errors: this package does not import it."""
    status = getattr(error, "status", None)
    if getattr(error, "code", "") not in _FINAL or not isinstance(status, int):
        return False
    return status < 500 and status not in _BUSY


def _load(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise SignatureError("certificate_malformed") from error


def _require_given(leaf: x509.Certificate, claim: Claim) -> None:
    if leaf not in _load(claim.trusted_certificates):
        raise SignatureError("certificate_untrusted")


def _proven_chain(certificates: list[x509.Certificate], name: str, claim: Claim) -> list[x509.Certificate]:
    """The chain, if it leads to a public root; a missing intermediate is fetched once."""
    if leads_to_root(certificates, name, claim.now):
        return certificates
    issuer = _issuer(certificates[-1], claim)
    if issuer is None or not leads_to_root([*certificates, issuer], name, claim.now):
        raise SignatureError("certificate_untrusted")
    return [*certificates, issuer]


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
