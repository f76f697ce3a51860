"""Bytes and messages from strangers, made fit to be kept and shown."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence
from typing import Final

from doorbell.domain.outbound import MAX_DETAIL_CHARS, MAX_RESPONSE_TEXT_BYTES

_MAX_UNREADABLE: Final = 0.1
_REDACTED: Final = "[redacted]"


def readable(body: bytes, *, redact: Sequence[str] = ()) -> str:
    """At most 1 KiB of `body` as text without control characters; empty when it is not text.

    `redact` is searched a little past the cut, so that no part of a credential is left at the end.
    """
    longest = max((len(value.encode()) for value in redact), default=0)
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(body[: MAX_RESPONSE_TEXT_BYTES + longest])
    if "\x00" in text or text.count("\ufffd") > _MAX_UNREADABLE * max(len(text), 1):
        return ""
    for value in redact:
        text = text.replace(value, _REDACTED)
    return printable(text).encode()[:MAX_RESPONSE_TEXT_BYTES].decode(errors="ignore")


def detail(text: str) -> str:
    return printable(text)[:MAX_DETAIL_CHARS]


def printable(text: str) -> str:
    """Control, format (such as right-to-left overrides) and line separator characters become spaces."""
    if text.isprintable():  # nothing of these categories is
        return text
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)
