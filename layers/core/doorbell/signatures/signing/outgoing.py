"""Signing what Doorbell sends. https://github.com/standard-webhooks/standard-webhooks (spec, v1 and v1a)"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.keys import key_bytes, undressed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEYS = {
    "standard": "`whsec_` and base64, or a text that looks like no other form",
    "standard-ed25519": "`whsk_` and base64 of 32 or 64 bytes",
    "github": "a text that is not empty",
}
"""What a secret must be for each form that needs one."""
FORMS = ("standard", "standard-ed25519", "github", "none")


def sign(form: str, secrets: Sequence[str], webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers to send. `timestamp` is epoch seconds.

    "standard" and "standard-ed25519" carry one signature per secret, separated by blanks; "github" has room
    for the first only. Raises `SignatureError` (`secret_missing`, `secret_malformed`) or, for a form that
    is not in `FORMS`, `ValueError`.
    """
    if form not in FORMS:
        raise ValueError(f"no such form of signature: {form}")
    headers = {"webhook-id": webhook_id, "webhook-timestamp": str(timestamp)}
    if form == "none":
        return headers
    if not secrets:
        raise SignatureError("secret_missing")
    if form == "github":
        return headers | {"x-hub-signature-256": f"sha256={_hex(secrets[0], body)}"}
    message = f"{webhook_id}.{timestamp}.".encode() + body
    one = _v1 if form == "standard" else _v1a
    return headers | {"webhook-signature": " ".join([one(secret, message) for secret in secrets])}


def secret_problem(form: str, secret: str) -> str:
    """Why `secret` cannot sign in this form, or "" where it can: for whoever stores it, before it is used."""
    try:
        sign(form, [secret], "msg_1", 0, b"")
    except SignatureError:
        return f"signing {form} needs {KEYS[form]}"
    return ""


def standard_key(secret: str) -> bytes:
    """`whsec_` and base64, as Standard Webhooks writes it; any other text is the key itself, but not what is
    plainly a key of its other kind: `SignatureError("secret_malformed")`."""
    bare = undressed(secret)
    if bare.startswith(("whsk_", "whpk_")):
        raise SignatureError("secret_malformed")
    return key_bytes("whsec", bare) if bare.startswith("whsec_") else key_bytes("text", secret)


def public_key(secret: str) -> str:
    """`whpk_…`, what a consumer verifies a `whsk_…` secret's v1a signatures with."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = _private_key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return "whpk_" + b64encode(raw).decode()


def _hex(secret: str, body: bytes) -> str:
    return hmac.digest(key_bytes("text", secret), body, "sha256").hex()


def _v1(secret: str, message: bytes) -> str:
    return "v1," + b64encode(hmac.digest(standard_key(secret), message, "sha256")).decode()


def _v1a(secret: str, message: bytes) -> str:
    return "v1a," + b64encode(_private_key(secret).sign(message)).decode()


def _private_key(secret: str) -> "Ed25519PrivateKey":
    """`whsk_` and base64 of a 32-byte seed, or of the 64-byte seed with public key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    bare = undressed(secret)
    raw = key_bytes("base64", bare.removeprefix("whsk_"))
    if not bare.startswith("whsk_") or len(raw) not in (32, 64):
        raise SignatureError("secret_malformed")
    return Ed25519PrivateKey.from_private_bytes(raw[:32])
