"""Braintree: a form of `bt_signature` (`public key|signature` pairs) and `bt_payload` (base64 of XML).

The HMAC-SHA1 key is the SHA-1 of the private key; the signature is over the base64 text, with or without its
last newline. https://developer.paypal.com/braintree/docs/guides/webhooks/parse
"""

import hashlib
import hmac
import re
from base64 import b64decode
from urllib.parse import parse_qs

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.digests import matches

PAYLOAD = re.compile(r"[A-Za-z0-9+=/\n]+")
CHALLENGE = re.compile(r"[a-f0-9]{20,32}")
XML = b"<"
"""How a notification begins, blanks aside; the provider's own samples have some. A challenge, read as base64,
begins with neither: what is answered to one is no event's signature."""


def check(claim: Claim) -> None:
    signature, payload = fields(claim.request)
    public_key = claim.parameters.get("public_key", "")
    pairs = [pair.split("|") for pair in signature.split("&") if pair.count("|") == 1]
    given = [digest.encode() for public, digest in pairs if digest and public_key in ("", public)]
    if not given:
        raise SignatureError("signature_malformed")
    texts = (payload.encode(), payload.encode() + b"\n")
    expected = [sign(secret, text) for secret in claim.secrets for text in texts]
    if not matches(expected, given):
        raise SignatureError("signature_mismatch")


def sign(private_key: str, text: bytes) -> bytes:
    key = hashlib.sha1(private_key.encode(), usedforsecurity=False).digest()
    return hmac.digest(key, text, "sha1").hex().encode()


def fields(request: RawRequest) -> tuple[str, str]:
    """`bt_signature` and `bt_payload`, each given exactly once."""
    form = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=20)
    signature, payload = form.get("bt_signature", []), form.get("bt_payload", [])
    if not signature or not payload:
        raise SignatureError("signature_missing")
    if len(signature) > 1 or len(payload) > 1:
        raise SignatureError("signature_duplicated")
    if not PAYLOAD.fullmatch(payload[0]) or not b64decode(payload[0]).lstrip().startswith(XML):
        raise SignatureError("signature_malformed")
    return signature[0], payload[0]


def challenge_answer(claim: Claim, challenge: str) -> str:
    """Proof of the private key for Braintree's GET: `public key|signature of the challenge`."""
    if not CHALLENGE.fullmatch(challenge):
        raise SignatureError("handshake_malformed")
    if not claim.secrets:
        raise SignatureError("secret_missing")
    signature = sign(claim.secrets[0], challenge.encode()).decode()
    return f"{claim.parameters.get('public_key', '')}|{signature}"


def fact(request: RawRequest, name: str) -> str | None:
    """`payload`, or the text of that element of its XML: by pattern, so that no entity is ever resolved."""
    payload = fields(request)[1].strip()
    if name == "payload":
        return payload
    found = re.search(
        rf"<{re.escape(name)}>([^<&]{{1,100}})</{re.escape(name)}>", b64decode(payload).decode()
    )
    return found.group(1) if found else None
