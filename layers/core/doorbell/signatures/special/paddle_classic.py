"""Paddle Classic: RSA-SHA1 over the form's fields as PHP serialises them, in the field `p_signature`.
https://developer.paddle.com/classic/webhook-reference/verifying-webhooks
"""

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.parsing import parse_form
from doorbell.signatures.schemes.encoding import decode
from doorbell.signatures.schemes.keyed import decoded_keys
from doorbell.signatures.schemes.rsa import verifier

FIELD = "p_signature"


def check(claim: Claim) -> None:
    form = parse_form(claim.request.body)
    if any(len(values) != 1 for values in form.values()):
        raise SignatureError("signature_malformed")
    fields = {name: values[0] for name, values in form.items()}
    signature = decode("base64", fields.pop(FIELD, "").encode())
    if not signature:
        raise SignatureError("signature_missing")
    verifies, message = verifier("sha1"), (serialized(fields),)
    if not any(verifies(key, message, signature) for key in decoded_keys("spki", tuple(claim.secrets))):
        raise SignatureError("signature_mismatch")


def serialized(fields: dict[str, str]) -> bytes:
    """An array of texts, by name. https://www.php.net/manual/en/function.serialize.php"""
    pairs = b"".join(_text(name) + _text(fields[name]) for name in sorted(fields))
    return b"a:%d:{%b}" % (len(fields), pairs)


def _text(text: str) -> bytes:
    raw = text.encode()
    return b's:%d:"%b";' % (len(raw), raw)
