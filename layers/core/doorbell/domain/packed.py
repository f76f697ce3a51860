"""Bodies that are sent packed: gzip (RFC 1952) and deflate (RFC 1950, and RFC 1951 as some send it).

What a body is packed with is told by the body itself: no provider signs `Content-Encoding`, and whoever took
that header away would change what a signed body says.
"""

from doorbell.domain.sources import MAX_BODY_BYTES

MAX_UNPACKED_BYTES = MAX_BODY_BYTES
"""No more than could have come unpacked: nobody who looks inside needs more memory for it."""
MAX_MEMBERS = 16
"""A gzip file may be several, one after another."""
JSON = (b"{", b"[")
"""What is packed never begins so."""
_GZIP, _ZLIB = b"\x1f\x8b", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def unpacked(body: bytes) -> bytes:
    """What is inside. The very body where it is not packed, is broken, or would have more than
    `MAX_UNPACKED_BYTES`."""
    if body.startswith(JSON) or not body:
        return body
    if body[:2] == _GZIP:
        return _gzip(body) or body
    if body[:2] in _ZLIB:
        return _inflated(body, wrapped=True) or body
    return body if _is_text(body) else _inflated_text(body) or body


def _gzip(body: bytes) -> bytes | None:
    from zlib import decompressobj, error

    made, rest = bytearray(), body
    for _ in range(MAX_MEMBERS):
        member = decompressobj(wbits=31)
        try:
            made += member.decompress(rest, MAX_UNPACKED_BYTES + 1 - len(made))
        except error:
            return None
        rest = member.unused_data
        if not member.eof or len(made) > MAX_UNPACKED_BYTES:
            return None
        if not rest:
            return bytes(made)
    return None


def _inflated(body: bytes, *, wrapped: bool) -> bytes | None:
    from zlib import decompressobj, error

    stream = decompressobj(wbits=15 if wrapped else -15)
    try:
        made = stream.decompress(body, MAX_UNPACKED_BYTES + 1)
    except error:
        return None
    return made if stream.eof and not stream.unused_data and len(made) <= MAX_UNPACKED_BYTES else None


def _inflated_text(body: bytes) -> bytes | None:
    """Bare deflate bears no mark and no checksum: that text comes of it, to the last byte, is the proof."""
    made = _inflated(body, wrapped=False)
    return made if made and _is_text(made) else None


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
