"""Dictionaries of Structured Fields (RFC 9651, 4.2.2), as far as signatures need them: members that are items
or inner lists of items, with parameters.

Nothing is turned into a number or a time: each value is kept as the text that it is serialised to (4.1),
which is what a signature covers."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import NamedTuple

MAX_FIELD = 4096
"""Characters. RFC 9421 has a dozen parts in a few hundred."""
TRUE = "?1"
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_BARE = re.compile(
    r'(?P<string>"(?:[ !#-\[\]-~]|\\["\\])*")|(?P<bytes>:[A-Za-z0-9+/=]*:)|(?P<boolean>\?[01])'
    r"|(?P<date>@-?\d{1,15})|(?P<decimal>-?\d{1,12}\.\d{1,3})|(?P<integer>-?\d{1,15})"
    r"|(?P<token>[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*)"
)
_BLANKS, _SPACES = re.compile(r"[ \t]*"), re.compile(r" *")

type Parameters = Mapping[str, str]


class Item(NamedTuple):
    bare: str
    parameters: Parameters

    def __str__(self) -> str:
        return self.bare + _written(self.parameters)


class InnerList(NamedTuple):
    items: tuple[Item, ...]
    parameters: Parameters

    def __str__(self) -> str:
        return f"({' '.join(map(str, self.items))}){_written(self.parameters)}"


type Member = Item | InnerList


def dictionary(text: str) -> dict[str, Member]:
    """The members in their order. `ValueError` for what is none, is longer than `MAX_FIELD`, or names a
    member twice: the last of two would count, and who signs one may not know of the other."""
    if len(text) > MAX_FIELD:
        raise ValueError("too long")
    reader = _Reader(text.strip(" "))
    found: dict[str, Member] = {}
    while True:
        name = reader.take(_KEY)
        if name in found:
            raise ValueError(f"{name} is there twice")
        found[name] = reader.member() if reader.has("=") else Item(TRUE, reader.parameters())
        reader.take(_BLANKS)
        if reader.is_over():
            return found
        reader.need(",")
        reader.take(_BLANKS)


def string(bare: str) -> str | None:
    """What a string says; None for another kind of item."""
    return re.sub(r"\\(.)", r"\1", bare[1:-1]) if bare[:1] == '"' else None


def integer(bare: str) -> int | None:
    return int(bare) if re.fullmatch(r"-?\d+", bare) else None


def octets(member: Member | None) -> bytes | None:
    """Of a byte sequence."""
    bare = member.bare if isinstance(member, Item) else ""
    return b64decode(bare[1:-1]) if bare[:1] == ":" else None


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def take(self, pattern: re.Pattern[str]) -> str:
        return self._match(pattern)[0]

    def has(self, character: str) -> bool:
        found = self._text.startswith(character, self._at)
        self._at += found
        return found

    def need(self, character: str) -> None:
        if not self.has(character):
            raise ValueError(f"{character} is missing at {self._at}")

    def is_over(self) -> bool:
        return self._at == len(self._text)

    def member(self) -> Member:
        if not self.has("("):
            return self.item()
        items = []
        self.take(_SPACES)
        while not self.has(")"):
            items.append(self.item())
            if not self._text.startswith((" ", ")"), self._at):
                raise ValueError(f"neither a blank nor ) at {self._at}")
            self.take(_SPACES)
        return InnerList(tuple(items), self.parameters())

    def item(self) -> Item:
        found = self._match(_BARE)
        return Item(_canonical(str(found.lastgroup), found[0]), self.parameters())

    def parameters(self) -> Parameters:
        """Of two with one name the last counts, in the first one's place."""
        found: dict[str, str] = {}
        while self.has(";"):
            self.take(_SPACES)
            name = self.take(_KEY)
            bare = self._match(_BARE) if self.has("=") else None
            found[name] = TRUE if bare is None else _canonical(str(bare.lastgroup), bare[0])
        return found

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"cannot be read at {self._at}")
        self._at = found.end()
        return found


def _canonical(kind: str, text: str) -> str:
    if kind == "integer":
        return str(int(text))
    if kind == "decimal":
        whole, _, fraction = text.partition(".")
        sign = "-" if text.startswith("-") else ""
        return f"{sign}{abs(int(whole))}.{fraction.rstrip('0') or '0'}"
    if kind == "date":
        return f"@{int(text[1:])}"
    if kind != "bytes":
        return text
    raw = b64decode(text[1:-1], validate=True)
    if b64encode(raw).decode() != text[1:-1]:
        raise ValueError("another spelling of its bytes")
    return text


def _written(parameters: Parameters) -> str:
    return "".join(f";{name}" if bare == TRUE else f";{name}={bare}" for name, bare in parameters.items())
