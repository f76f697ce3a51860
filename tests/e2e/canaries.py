"""Texts that are found nowhere else, and how to look for them."""

import gzip
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer

from tests.support.gateway import Gateway

BINARY: Any = Binary  # whose stub does not know __bytes__
TABLES = ("SourcesTableName", "SubscriptionsTableName", "EndpointsTableName", "EventsTableName")


@dataclass(frozen=True, slots=True)
class Planted:
    """Texts that are found nowhere else. `marker` is in the bodies and is no secret, but nobody's to log."""

    source_secret: str
    signing_secret: str
    shared_token: str
    authorization: str
    cookie: str
    outgoing: str
    marker: str

    def secrets(self) -> dict[str, str]:
        names = [name for name in self.__slots__ if name != "marker"]
        return {name: getattr(self, name) for name in names}


def found(haystack: bytes, needles: Iterable[str]) -> list[str]:
    """Which of the texts are in there: plainly, in base64 at any offset, or the other way round."""
    seen = []
    for needle in needles:
        raw = needle.encode()
        spellings = [raw, *(encoded(raw, offset) for offset in range(3))]
        if any(spelling in haystack for spelling in spellings):
            seen.append(needle)
    return seen


def encoded(raw: bytes, offset: int) -> bytes:
    """The part of the base64 that does not depend on what stands before and after."""
    text = b64encode(b"\0" * offset + raw)
    return text[4 if offset else 0 : -4]


def table_values(gateway: Gateway) -> Iterator[tuple[str, str, bytes]]:
    """Every attribute of every item: (table, path in the item, bytes), gzip taken off."""
    read = TypeDeserializer().deserialize
    for table in TABLES:
        pages = gateway.stack.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=gateway.stack.outputs[table]):
            for item in page["Items"]:
                for name, value in item.items():
                    yield table, name, flat(read(value))


def flat(value: Any) -> bytes:
    if isinstance(value, BINARY):
        raw = bytes(value)
        return gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    return str(value).encode()
