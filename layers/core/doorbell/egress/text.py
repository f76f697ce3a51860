"""Bytes and messages from strangers, made fit to be kept and shown."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence
from typing import Final

from doorbell.domain.outbound import MAX_DETAIL_CHARS, MAX_RESPONSE_TEXT_BYTES
from doorbell.egress.redaction import redacted

_MAX_UNREADABLE: Final = 0.1
MOST_BYTES_OF_AN_ESCAPE: Final = 12
"""`%F0%9F%98%80`, or a pair of surrogates in JSON."""


def readable(body: bytes, *, redact: Sequence[str] = ()) -> str:
    """At most 1 KiB of `body` as text without control characters; empty when it is not text.

    `redact` is searched a little past the cut. At the end of what is searched, where it is cut or the peer
    cut what it repeats, a credential may stand in part; and what is taken out before makes it move up.
    """
    longest = MOST_BYTES_OF_AN_ESCAPE * max((len(value) for value in redact), default=0)
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(body[: MAX_RESPONSE_TEXT_BYTES + longest])
    if "\x00" in text or text.count("\ufffd") > _MAX_UNREADABLE * max(len(text), 1):
        return ""
    text = redacted(text, redact)
    return printable(text).encode()[:MAX_RESPONSE_TEXT_BYTES].decode(errors="ignore")


def detail(text: str) -> str:
    return printable(text)[:MAX_DETAIL_CHARS]


def printable(text: str) -> str:
    """Control, format (such as right-to-left overrides) and line separator characters become spaces."""
    if text.isprintable():  # nothing of these categories is
        return text
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)
