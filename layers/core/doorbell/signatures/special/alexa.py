"""Alexa skills: RSA-SHA256 of the body by the certificate that a header names, and a time inside the body.
https://developer.amazon.com/en-US/docs/alexa/custom-skills/host-a-custom-skill-as-a-web-service.html
"""

import re
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.schemes.timestamps import epoch_seconds, require_fresh
from doorbell.signatures.special.certificates import decoded, public_key, verifies

NAMES = re.compile(r"echo-api\.amazon\.com")
PATH = re.compile(r"/echo\.api/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
TOLERANCE = 150
SKILL_EVENTS = 3600
"""Seconds within which the events that tell of a skill itself (`AlexaSkillEvent.…`) may come."""


def check(claim: Claim) -> None:
    signature = decoded(single(claim.request, "signature-256"))
    url = _certificate_url(claim)
    key = public_key(url, claim, names=NAMES)
    if not verifies(key, signature, claim.request.body, hashes.SHA256()):
        raise SignatureError("signature_mismatch")
    kind = text_at(claim.request.body, "request.type") or ""
    stamp = text_at(claim.request.body, "request.timestamp")
    if stamp is None:
        raise SignatureError("timestamp_missing")
    usual = SKILL_EVENTS if kind.startswith("AlexaSkillEvent.") else TOLERANCE
    require_fresh(epoch_seconds(stamp, "rfc3339"), claim.now, claim.tolerance_or(usual))


def _certificate_url(claim: Claim) -> str:
    url = single(claim.request, "signaturecertchainurl")
    parts = urlsplit(url)
    is_theirs = parts.scheme == "https" and (parts.hostname or "") == "s3.amazonaws.com"
    if not is_theirs or parts.port not in (None, 443) or parts.username is not None or parts.query:
        raise SignatureError("certificate_untrusted")
    if not PATH.fullmatch(parts.path) or parts.fragment:
        raise SignatureError("certificate_untrusted")
    return url
