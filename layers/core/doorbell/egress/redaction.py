"""Credentials that a peer repeats, taken out of its text however it spells them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote

from doorbell.domain.credentials import SHORTEST_CREDENTIAL

REDACTED: Final = "[redacted]"
_ESCAPES: Final = re.compile(
    r"(?P<url>(?:%[0-9A-Fa-f]{2})+)"
    r"|\\(?:u(?P<four>[0-9A-Fa-f]{4})|x(?P<two>[0-9A-Fa-f]{2})|(?P<plain>[^A-Za-z0-9\s]))"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)"
)
"""What JSON, JavaScript, HTML and URLs write in place of a character."""


def redacted(text: str, values: Sequence[str]) -> str:
    """`text` without any of `values` (the longest first), as they are or in any spelling of their characters.

    At its end, where it may have been cut, the beginning of a value goes too, if it is long enough to matter.
    """
    for value in values:
        text = text.replace(value, REDACTED)
    for value in values:
        text = _without_spelt(text, value)
    for value in values:
        text = _without_beginning(text, value)
    return text


def _without_spelt(text: str, value: str) -> str:
    while _ESCAPES.search(text):
        read, starts = _read(text)
        at = read.find(value)
        if at < 0:
            break
        text = text[: starts[at]] + REDACTED + text[starts[at + len(value)] :]
    return text


def _without_beginning(text: str, value: str) -> str:
    read, starts = _read(text)
    first = max(len(read) - len(value), 0)
    at = read.find(value[:SHORTEST_CREDENTIAL], first)
    while at >= 0:
        if value.startswith(read[at:]):
            return text[: starts[at]] + REDACTED
        at = read.find(value[:SHORTEST_CREDENTIAL], at + 1)
    return text


def _read(text: str) -> tuple[str, list[int]]:
    """What the text says when its escapes are read, and where in it each character of that begins; the end of
    the text is the last."""
    pairs = list(_characters(text))
    return "".join(character for character, _ in pairs), [*(start for _, start in pairs), len(text)]


def _characters(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    for found in _ESCAPES.finditer(text):
        yield from zip(text[at : found.start()], range(at, found.start()), strict=True)
        yield from ((character, found.start()) for character in _meaning(found))
        at = found.end()
    yield from zip(text[at:], range(at, len(text)), strict=True)


def _meaning(found: re.Match[str]) -> str:
    if found["url"]:
        return unquote(found["url"])
    if found["entity"]:
        return html.unescape(found["entity"])
    return found["plain"] or chr(int(found["four"] or found["two"], 16))
