"""How signatures are written: bytes to text, and back where a check needs the bytes. Each is one call into C
where that can be had: every request makes it."""

from base64 import urlsafe_b64encode
from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from collections.abc import Callable
from functools import partial

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": hexlify,
    "base64": partial(b2a_base64, newline=False),
    "base64url": lambda digest: urlsafe_b64encode(digest).rstrip(b"="),
}
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": unhexlify,
    "base64": partial(a2b_base64, strict_mode=True),
}
"""`ValueError` for what is none. They take more than the one spelling that the encoder makes."""


def decode(encoding: str, text: bytes) -> bytes | None:
    """The signature's bytes, or None when `text` is not their one canonical spelling. "hex" or "base64"."""
    try:
        raw = DECODERS[encoding](text)
    except ValueError:
        return None
    return raw if ENCODERS[encoding](raw) == text else None
