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


_DRESS = re.compile(r"v[0-9]+a?,(?=wh(sec|sk|pk)_)")
"""Some hand a secret over with the version of its signatures before it (Supabase: `v1,whsec_…`).
https://supabase.com/docs/guides/auth/auth-hooks"""


def undressed(secret: str) -> str:
    """A secret of Standard Webhooks' forms without blanks, line ends and version around it."""
    return _DRESS.sub("", secret.strip(), count=1)


def _text(secret: str) -> bytes:
    return secret.encode()


def _hex(secret: str) -> bytes:
    return binascii.unhexlify(secret.strip())


def _base64(secret: str) -> bytes:
    """Standard base64; missing padding is forgiven, other characters are not."""
    text = secret.strip()
    return b64decode(text + "=" * (-len(text) % 4), validate=True)


def _whsec(secret: str) -> bytes:
    return _base64(undressed(secret).removeprefix("whsec_"))


def _whpk(secret: str) -> bytes:
    return _base64(undressed(secret).removeprefix("whpk_"))


def _html(secret: str) -> bytes:
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], secret).encode()


def _spki(secret: str) -> bytes:
    """The DER of a public key: base64 with or without PEM's frame."""
    lines = [line for line in secret.strip().splitlines() if not line.startswith("-----")]
    return _base64("".join(line.strip() for line in lines))


def _whsec_or_text(secret: str) -> bytes:
    """OpenAI's way: without `whsec_` it is text, be it base64 or not."""
    return _whsec(secret) if undressed(secret).startswith("whsec_") else _text(secret)


def _nfkd(secret: str) -> bytes:
    from unicodedata import normalize

    return normalize("NFKD", secret).encode()


def _sha256(secret: str) -> bytes:
    from hashlib import sha256

    return sha256(secret.encode()).digest()


ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of a key in a SubjectPublicKeyInfo (RFC 8410)."""


def _ed25519(secret: str) -> bytes:
    """Hex, `whpk_` or bare base64 of either alphabet, PEM: 32 bytes in any of them."""
    text = secret.strip()
    if len(text) == 64:
        return _hex(text)
    if not text.startswith("-----"):
        text = text.removeprefix("whpk_").replace("-", "+").replace("_", "/")
    raw = _spki(text).removeprefix(ED25519_SPKI)
    if len(raw) != 32:
        raise ValueError("not 32 bytes")
    return raw


DECODERS: dict[str, Callable[[str], bytes]] = {
    "text": _text,
    "hex": _hex,
    "base64": _base64,
    "whsec": _whsec,
    "whpk": _whpk,
    "html": _html,
    "spki": _spki,
    "whsec-or-text": _whsec_or_text,
    "nfkd": _nfkd,
    "sha256": _sha256,
    "ed25519": _ed25519,
}
SEVERAL = {"whsec-and-text": ("whsec", "text")}
"""Kinds whose secret may be used in each of several ways."""


WRAPPED_PEM = "LS0tLS1CRUdJTi"
"""How the base64 of `-----BEGIN ` begins."""
_OF_KEY_PAIRS = ("-----", "{", WRAPPED_PEM)


def shared(secrets: Sequence[str]) -> list[str]:
    """Those that may be a secret of two. A public key is none: everybody has it."""
    return [secret for secret in secrets if not secret.lstrip().startswith(_OF_KEY_PAIRS)]


def key_bytes(kind: str, secret: str) -> bytes:
    """The key; `SignatureError("secret_malformed")` when the secret is not of its kind or is empty. The last
    of `SEVERAL`."""
    try:
        key = DECODERS[SEVERAL[kind][-1] if kind in SEVERAL else kind](secret)
    except (ValueError, UnicodeError) as error:
        raise SignatureError("secret_malformed") from error
    if not key:
        raise SignatureError("secret_malformed")
    return key


def usable_keys(kind: str, secrets: Sequence[str]) -> list[bytes]:
    """Every secret's key; one that is broken does not spoil the others."""
    keys: list[bytes] = []
    for one in SEVERAL.get(kind, (kind,)):
        for secret in secrets:
            try:
                keys.append(key_bytes(one, secret))
            except SignatureError:
                continue
    if not keys:
        raise SignatureError("secret_malformed" if secrets else "secret_missing")
    return keys
