"""Mailgun: timestamp, token and signature are in the body, and the signature covers only the first two.

So whoever has seen one request could change its event. Time and token are the delivery's dedupe key:
fan-out's conditional put takes each pair once, which is the replay cache Mailgun asks for, without a write of
its own.
https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
"""

import hmac

from doorbell.domain.errors import SignatureError
from doorbell.domain.packed import unpacked
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.parsing import parse_form, parse_json
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.keys import usable_keys
from doorbell.signatures.schemes.timestamps import epoch_seconds, require_fresh

TOLERANCE = 12 * 3600
"""Retries go on for eight hours; whether they are signed anew is not documented."""


def check(claim: Claim) -> None:
    timestamp, token, given = fields(unpacked(claim.request.body))
    require_fresh(epoch_seconds(timestamp, "s"), claim.now, claim.tolerance_or(TOLERANCE))
    keys = usable_keys("text", claim.secrets)
    if not matches([sign(key, timestamp, token) for key in keys], [text.encode() for text in given]):
        raise SignatureError("signature_mismatch")


def sign(key: bytes, timestamp: str, token: str) -> bytes:
    return hmac.digest(key, (timestamp + token).encode(), "sha256").hex().encode()


def fact(request: RawRequest, name: str) -> str | None:
    """What the signature covers, as one text: where time ends and token begins is not signed."""
    timestamp, token, _ = fields(unpacked(request.body))
    return timestamp + token


def fields(body: bytes) -> tuple[str, str, list[str]]:
    """Timestamp, token and signatures; from JSON, or from the form fields of routes, which are
    multipart where a message has attachments.

    A subaccount's events bear `parent-signature` too, made with the parent account's key.
    """
    data = parse_json(body)
    found = data.get("signature") if isinstance(data, dict) else None
    if isinstance(data, dict) and isinstance(found, str):
        found = data
    if not isinstance(found, dict):
        form = parse_form(body)
        found = {name: values[0] for name, values in form.items() if len(values) == 1}
    values = [found.get(name) for name in ("timestamp", "token", "signature", "parent-signature")]
    timestamp, token, *signatures = (str(v) if isinstance(v, str | int) else "" for v in values)
    signatures = [text for text in signatures if text]
    if not timestamp or not token or not signatures:
        raise SignatureError("signature_missing")
    return timestamp, token, signatures
