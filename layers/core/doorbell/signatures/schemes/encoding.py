"""How signatures are written: bytes to text, and back where a check needs the bytes. Each is one call into C
where that can be had: every request makes it."""

from base64 import urlsafe_b64encode
from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from collections.abc import Callable
from functools import partial

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": hexlify,
    "hex-upper": lambda digest: hexlify(digest).upper(),
    "hex-any": hexlify,
    "base64": partial(b2a_base64, newline=False),
    "base64-of-hex": lambda digest: b2a_base64(hexlify(digest), newline=False),
    "base64url": lambda digest: urlsafe_b64encode(digest).rstrip(b"="),
    "base64url-padded": urlsafe_b64encode,
}
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def _url_safe(text: bytes) -> bytes:
    return a2b_base64(text.translate(_URL_SAFE) + b"=" * (-len(text) % 4), strict_mode=True)


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": unhexlify,
    "hex-any": unhexlify,
    "base64": partial(a2b_base64, strict_mode=True),
    "base64url": _url_safe,
    "base64url-padded": _url_safe,
}
"""`ValueError` for what is none. They take more than the one spelling that the encoder makes."""


def decode(encoding: str, text: bytes) -> bytes | None:
    """The signature's bytes, or None when `text` is not their one canonical spelling."""
    try:
        raw = DECODERS[encoding](text)
    except ValueError:
        return None
    return raw if ENCODERS[encoding](raw) == text else None
