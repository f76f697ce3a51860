"""Host names in the one spelling that is sent, and what to write in place of another.

One answer for whoever writes a URL and for whoever sends to it.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

MAX_NAME: Final = 253
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_AUTHORITY: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^]/?#]*\]|[^/?#@:]*)")
_IN_NAMES: Final = frozenset({"Ll", "Lm", "Lo", "Mn", "Mc", "Nd"})
"""Unicode's categories of lower-case letters, marks and digits."""


def host_in(url: str) -> str:
    """The host of a URL as it is written, in lower case; empty where there is none to be seen."""
    found = _AUTHORITY.match(url)
    return found[1].lower() if found else ""


def problem_with_name(host: str) -> str | None:
    """What is wrong with a name (lower case, ASCII), in words; None where nothing is."""
    if len(host) > MAX_NAME:
        return f"host name longer than {MAX_NAME} characters"
    if all(_LABEL.fullmatch(label) for label in host.split(".")):
        return None
    if "_" in host:
        return "an underscore in the host name: it has letters, digits, hyphens and single dots (RFC 1123)"
    return "host name is not made of letters, digits, hyphens and single dots"


def beyond_ascii(url: str) -> str | None:
    """What to write in place of characters beyond ASCII; None where there are none."""
    if url.isascii():
        return None
    host = host_in(url)
    if host.isascii():
        return "a character beyond ASCII: in a path or query it is written with percent signs" + _example(url)
    spelt = in_ascii(host)
    return "a host name beyond ASCII: it is written in its xn-- form" + (f", {spelt}" if spelt else "")


def in_ascii(host: str) -> str | None:
    """The `xn--` form of a name (lower case; RFC 5890), so far as it is certain: without characters that
    are another's compatible form, which programs read differently."""
    labels = [_label_in_ascii(label) for label in host.split(".")]
    name = ".".join(label for label in labels if label)
    return name if all(labels) and problem_with_name(name) is None else None


def _label_in_ascii(label: str) -> str | None:
    """Not by Python's IDNA codec, which is of 2003: it makes another name of the German sharp s."""
    if label.isascii():
        return label
    composed = unicodedata.normalize("NFC", label)
    is_plain = unicodedata.normalize("NFKC", label) == composed
    if not is_plain or not all(c == "-" or c.isascii() or _is_in_names(c) for c in composed):
        return None
    return "xn--" + composed.encode("punycode").decode("ascii")


def _is_in_names(character: str) -> bool:
    return unicodedata.category(character) in _IN_NAMES


def _example(url: str) -> str:
    """Of the first of them alone: a URL may hold secrets."""
    first = next(character for character in url if not character.isascii())
    return "" if unicodedata.category(first) == "Cs" else f", as {quote(first)}"
