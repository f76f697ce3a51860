"""Bytes in fewer bytes: bodies and routing records as items hold them."""

import gzip
import zlib

_FRAME = 16 + zlib.MAX_WBITS
"""zlib's word for it: a gzip header before the data, its checksum after."""


def zipped(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def unzipped(packed: bytes) -> bytes:
    """Of one gzip member; `gzip.decompress` looks for more in Python."""
    return zlib.decompress(packed, _FRAME)
