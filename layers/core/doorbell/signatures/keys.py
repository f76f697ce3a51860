"""How a secret, as people paste it, becomes the bytes of a key."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Sequence

from doorbell.domain.errors import SignatureError

_ENTITIES = {
    "&lt;": "<", "&#060;": "<", "&gt;": ">", "&#062;": ">", "&amp;": "&", "&#038;": "&",
    "&quot;": '"', "&#34;": '"', "&#034;": '"', "&#x22;": '"', "&#039;": "'", "&#39;": "'", "&#x27;": "'",
}  # fmt: skip
"""What WordPress's wp_specialchars_decode takes for an escape, and nothing else.
https://developer.wordpress.org/reference/functions/wp_specialchars_decode/"""
_ENTITY = re.compile("|".join(map(re.escape, _ENTITIES)))


def _text(secret: str) -> bytes:
    return secret.encode()


def _hex(secret: str) -> bytes:
    return binascii.unhexlify(secret.strip())


def _base64(secret: str) -> bytes:
    """Standard base64; missing padding is forgiven, other characters are not."""
    text = secret.strip()
    return b64decode(text + "=" * (-len(text) % 4), validate=True)


def _whsec(secret: str) -> bytes:
    return _base64(secret.strip().removeprefix("whsec_"))


def _whpk(secret: str) -> bytes:
    return _base64(secret.strip().removeprefix("whpk_"))


def _html(secret: str) -> bytes:
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], secret).encode()


def _spki(secret: str) -> bytes:
    """The DER of a public key: base64 with or without PEM's frame."""
    lines = [line for line in secret.strip().splitlines() if not line.startswith("-----")]
    return _base64("".join(line.strip() for line in lines))


DECODERS: dict[str, Callable[[str], bytes]] = {
    "text": _text,
    "hex": _hex,
    "base64": _base64,
    "whsec": _whsec,
    "whpk": _whpk,
    "html": _html,
    "spki": _spki,
}


def key_bytes(kind: str, secret: str) -> bytes:
    """The key; `SignatureError("secret_malformed")` when the secret is not of its kind or is empty."""
    try:
        key = DECODERS[kind](secret)
    except (ValueError, UnicodeError) as error:
        raise SignatureError("secret_malformed") from error
    if not key:
        raise SignatureError("secret_malformed")
    return key


def usable_keys(kind: str, secrets: Sequence[str]) -> list[bytes]:
    """Every secret's key; one that is broken does not spoil the others."""
    keys: list[bytes] = []
    for secret in secrets:
        try:
            keys.append(key_bytes(kind, secret))
        except SignatureError:
            continue
    if not keys:
        raise SignatureError("secret_malformed" if secrets else "secret_missing")
    return keys
