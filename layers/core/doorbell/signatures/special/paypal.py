"""PayPal: RSA-SHA256 over `transmission id|time|webhook id|CRC-32 of the body`.

A CRC binds a body only loosely: whoever holds one signed request can make another body of the same CRC. So
the transmission id is the dedupe key, and each is taken once.
https://developer.paypal.com/api/rest/webhooks/rest/#link-eventdeliveryandsignatures
"""

import re
import zlib
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.timestamps import epoch_seconds, require_fresh
from doorbell.signatures.special import certificates

ALGORITHMS = ("SHA256withRSA", "sha256")
"""Two names of one algorithm: PayPal's deliveries say the first, its SDKs' tests the second."""
SUFFIX = ".paypal.com"
NAMES = re.compile(r"[a-z0-9.-]+\.paypal\.com")
CERTIFICATE_PATH = re.compile(r"/v[0-9]/notifications/certs/[A-Za-z0-9_-]{1,100}")
"""Nothing else is fetched for a request that is not proven yet. (PayPal-Python-SDK, its tests' headers)"""
TOLERANCE = 7 * 24 * 3600
"""Retries go on for three days with the first transmission's time."""


def check(claim: Claim) -> None:
    request = claim.request
    identity, time, signature, url, algorithm = (
        single(request, f"paypal-{name}", "signature_missing")
        for name in ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
    )
    if algorithm not in ALGORITHMS:
        raise SignatureError("algorithm_not_allowed")
    require_fresh(epoch_seconds(time, "rfc3339"), claim.now, claim.tolerance_or(TOLERANCE))
    require_allowed(url)
    raw = certificates.decoded(signature)
    key = certificates.public_key(url, claim, names=NAMES, common_name=SUFFIX)
    for webhook in claim.secrets:
        text = message(identity, time, webhook, request.body)
        if certificates.verifies(key, raw, text, hashes.SHA256()):
            return
    raise SignatureError("signature_mismatch")


def message(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


def require_allowed(url: str) -> None:
    """https, port 443, a host under paypal.com, no user, no fragment, and where its certificates are."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    plain = parts.netloc.lower() == host and not parts.fragment and not parts.query
    plain = plain and CERTIFICATE_PATH.fullmatch(parts.path) is not None
    if parts.scheme != "https" or not plain or not host.endswith(SUFFIX):
        raise SignatureError("certificate_url_not_allowed")
