"""Adobe I/O Events: RSA-SHA256 of the body, by two keys; either proves it.

Each key is at a path that a header names, on Adobe's host; a source may store keys (PEM) instead.
https://developer.adobe.com/events/docs/guides/#security-considerations
"""

import re
from dataclasses import replace

from doorbell.domain.clocks import CLOCKS
from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.encoding import decode
from doorbell.signatures.schemes.keyed import decoded_keys
from doorbell.signatures.schemes.keys import key_bytes
from doorbell.signatures.schemes.rsa import public_key, verifier
from doorbell.signatures.special.certificates import STALE_RETRY_SECONDS, fetch
from doorbell.signatures.special.kept_keys import STALE_SECONDS, KeptKey, KeptKeys

HOST = "https://static.adobeioevents.com"
PATH = re.compile(r"/(?:prod|stage)/keys/pub-key-[A-Za-z0-9_-]{1,64}\.pem")
HOUR = 3600
_kept = KeptKeys(16)


def check(claim: Claim) -> None:
    verifies, signed = verifier("sha256"), (claim.request.body,)
    given = [(number, raw) for number in (1, 2) if (raw := _signature(claim, number))]
    if not given:
        raise SignatureError("signature_missing")
    for number, signature in given:
        keys = decoded_keys("spki", tuple(claim.secrets)) if claim.secrets else (_published(claim, number),)
        if any(verifies(key, signed, signature) for key in keys):
            return
    raise SignatureError("signature_mismatch")


def _signature(claim: Claim, number: int) -> bytes | None:
    value = claim.request.headers.get(f"x-adobe-digital-signature-{number}", "")
    return decode("base64", value.encode())


def _published(claim: Claim, number: int) -> bytes:
    """From memory for an hour, and for a day while it cannot be fetched anew. `key_not_found` for a path that
    is none of Adobe's."""
    path = claim.request.headers.get(f"x-adobe-public-key{number}-path", "")
    if not PATH.fullmatch(path):
        raise SignatureError("key_not_found")
    clocks, url = CLOCKS.told(claim.now), HOST + path
    kept = _kept.get(url)
    if kept is not None and kept.is_good(clocks):
        return _der(kept)
    try:
        key = public_key(key_bytes("spki", fetch(url, claim).decode()))
        kept = KeptKey(key, clocks.now(), clocks.now(), HOUR, claim.now + STALE_SECONDS)
    except SignatureError as error:
        if error.reason != "key_unavailable" or kept is None or kept.left(clocks) <= 0:
            raise
        kept = replace(kept, looked_at=clocks.now(), seconds=STALE_RETRY_SECONDS)
    _kept.keep(url, kept)
    return _der(kept)


def _der(kept: KeptKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return kept.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
