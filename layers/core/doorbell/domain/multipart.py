"""Forms as `multipart/form-data`: https://www.rfc-editor.org/rfc/rfc7578"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PARTS = 1000
MAX_HEAD_BYTES = 4096
_FIRST_LINE = re.compile(rb"--([0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-])\r\n")
"""The boundary is told by the body itself: no provider signs `Content-Type`. (RFC 2046, 5.1.1)"""
_PARAMETER = re.compile(r';\s*(name|filename)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))', re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)|%(22|0[AaDd])")
"""Some senders escape as mail does, browsers with percent signs."""


@dataclass(frozen=True, slots=True)
class Part:
    """`filename` None: a field, whose value is `data`, in UTF-8."""

    name: str
    filename: str | None
    data: bytes


def parts(body: bytes) -> list[Part] | None:
    """In order; None for what is no such form, or has more than `MAX_PARTS`."""
    first = _FIRST_LINE.match(body)
    if first is None:
        return None
    _, *pieces, end = (b"\r\n" + body).split(b"\r\n--" + first[1], MAX_PARTS + 2)
    if not end.startswith(b"--") or len(pieces) > MAX_PARTS:
        return None
    found = [_part(piece) for piece in pieces]
    there = [part for part in found if part is not None]
    return there if len(there) == len(found) else None


def _part(piece: bytes) -> Part | None:
    head, blank, data = piece.partition(b"\r\n\r\n")
    if not blank or len(head) > MAX_HEAD_BYTES or not head.startswith(b"\r\n"):
        return None
    given = dict(_disposition(head.decode(errors="replace")))
    return Part(given["name"], given.get("filename"), data) if "name" in given else None


def _disposition(head: str) -> Iterator[tuple[str, str]]:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition" and value.strip().lower().startswith("form-data"):
            for key, quoted, bare in _PARAMETER.findall(value):
                yield key.lower(), bare or _ESCAPED.sub(_meant, quoted)


def _meant(found: re.Match[str]) -> str:
    return found[1] or chr(int(found[2], 16))
