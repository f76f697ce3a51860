"""Signatures that are packed, or written, as few are. Loaded for schemes that have one.

What is found here is compared as strictly as everywhere: it is only read in more ways.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from doorbell.domain.errors import SignatureError
from doorbell.signatures.parsing import parse_json
from doorbell.signatures.schemes.candidates import Found, Read, some, values_of
from doorbell.signatures.schemes.encoding import decode
from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.schemes.pairs import pairs
from doorbell.signatures.schemes.scheme import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.schemes.scheme import SignatureAt

MAX_JSON = 4096


def unusual_reader(at: SignatureAt, time_key: str) -> Read:
    if at.packing == "pairs":
        return _of_names(at, time_key)
    return _with_or_without_version(at) if at.packing == "spaced" else _items(at, time_key == FIRST)


def _items(at: SignatureAt, is_timed: bool) -> Read:
    """Bare signatures: one, several between separators, or one in a JSON object."""
    values, mark, prefix, several = _values(at), at.mark, at.prefix, at.packing == "list"

    def read(request: RawRequest) -> Found:
        found = values(request)
        if is_timed and len(found) > 1:
            raise SignatureError("signature_duplicated")
        if several:
            if mark != "," and any("," in value for value in found):
                raise SignatureError("signature_duplicated")
            found = [item.strip(" ") for value in found for item in value.split(mark)]
            if len(set(found)) < len(found):
                raise SignatureError("signature_duplicated")
        elif at.packing == "json64":
            found = [_member(value, at.key) for value in found]
        elif any("," in value for value in found):
            raise SignatureError("signature_duplicated")
        time = found.pop(0) if is_timed and found else ""
        if is_timed and not time:
            raise SignatureError("timestamp_missing")
        bare = [value.removeprefix(prefix) for value in found if at.bare or value.startswith(prefix)]
        return some([value.encode("utf-8", "surrogatepass") for value in bare if value]), time

    return read


def _values(at: SignatureAt) -> Callable[[RawRequest], list[str]]:
    if not at.body:
        read = values_of(at)
        return lambda request: list(read(request))

    def inside(request: RawRequest) -> list[str]:
        found = text_at(request.body, at.body)
        if not found:
            raise SignatureError("signature_missing")
        return [found]

    return inside


def _member(value: str, name: str) -> str:
    """Of the JSON object whose base64 `value` is, in its one spelling."""
    raw = decode("base64", value.encode("utf-8", "surrogatepass")) if len(value) <= MAX_JSON else None
    if raw is None:
        raise SignatureError("signature_malformed")
    data = parse_json(raw)
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


def _of_names(at: SignatureAt, time_key: str) -> Read:
    """The signatures of every name: while a secret is rotated, the other one's has a name of its own."""
    readers = [pairs(replace(at, key=key), time_key, alone=not time_key) for key in at.key.split("|")]

    def read(request: RawRequest) -> Found:
        given: list[bytes] = []
        time = ""
        for one in readers:
            try:
                found, time = one(request)
            except SignatureError as error:
                if error.reason != "signature_malformed":
                    raise
                continue
            given += found
        return some(given), time

    return read


def _with_or_without_version(at: SignatureAt) -> Read:
    """`version,signature` items between blanks, or a signature without its version."""
    values, version = values_of(at), f"{at.key},"

    def read(request: RawRequest) -> Found:
        items = [item.removeprefix(version) for value in values(request) for item in value.split(" ")]
        if any("," in item for item in items):
            raise SignatureError("signature_duplicated")
        return some([item.encode() for item in items if item]), ""

    return read


def lowered(read: Read) -> Read:
    def read_lowered(request: RawRequest) -> Found:
        given, time = read(request)
        return _lower(given), time

    return read_lowered


def _lower(given: Sequence[bytes]) -> Sequence[bytes]:
    return [text.lower() for text in given]


def time_in_body(read: Read, path: str) -> Read:
    def in_body(request: RawRequest) -> Found:
        given, _ = read(request)
        text = text_at(request.body, path)
        if not text:
            raise SignatureError("timestamp_missing")
        return given, text

    return in_body
