"""How signatures are written: bytes to text, and back where a check needs the bytes."""

from base64 import b64encode, urlsafe_b64encode
from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from collections.abc import Callable

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": hexlify,
    "base64": b64encode,
    "base64url": lambda digest: urlsafe_b64encode(digest).rstrip(b"="),
}


def decode(encoding: str, text: bytes) -> bytes | None:
    """The signature's bytes, or None when `text` is not their one canonical spelling. "hex" or "base64"."""
    try:
        raw = unhexlify(text) if encoding == "hex" else a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    again = hexlify(raw) if encoding == "hex" else b2a_base64(raw, newline=False)
    return raw if again == text else None
