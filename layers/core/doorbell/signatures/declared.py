"""A source's own `scheme{…}` for provider "hmac": from a plain mapping to a `Scheme`.

scheme:
  algorithm: hmac-sha256            # hmac-sha1, -sha256, -sha384, -sha512
  key: text                         # text, hex, base64, whsec, html
  signature: {header: x-signature, prefix: "sha256=", encoding: hex}
  timestamp: {header: x-timestamp, unit: s, tolerance: 300}
  message: [timestamp, "text:.", body]
"""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.signatures.encoding import ENCODERS
from doorbell.signatures.scheme import HASHES, Scheme, SignatureAt, TimestampAt

KEYS = ("text", "hex", "base64", "whsec", "html")
UNITS = ("s", "ms", "s_or_ms", "rfc3339")
PACKINGS = ("plain", "pairs", "spaced")
PARTS = ("body", "url", "method", "path", "query", "timestamp")
ALLOWED = {
    "scheme": ("algorithm", "key", "signature", "timestamp", "message", "required"),
    "scheme.signature": ("header", "query", "packing", "prefix", "key", "separator", "encoding"),
    "scheme.timestamp": ("header", "query", "pair", "unit", "tolerance"),
}


class _Reader:
    """Typed access to one level of the declaration; every complaint names item and field."""

    def __init__(self, item: str, at: str, value: object) -> None:
        self.item, self.at = item, at
        if not isinstance(value, Mapping):
            raise ConfigError(item, at, "must be an object")
        self.value: Mapping[str, Any] = value
        for name in value:
            if name not in ALLOWED[at]:
                raise self.wrong(str(name), f"is not known; known are {', '.join(ALLOWED[at])}")

    def wrong(self, name: str, problem: str) -> ConfigError:
        return ConfigError(self.item, f"{self.at}.{name}" if name else self.at, problem)

    def text(self, name: str, default: str = "", choices: tuple[str, ...] = ()) -> str:
        value = self.value.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "must be a text")
        if choices and value not in choices:
            raise self.wrong(name, f"must be one of {', '.join(choices)}")
        return value

    def header(self, name: str = "header") -> tuple[str, ...]:
        value = self.text(name).strip().lower()
        return (value,) if value else ()


def _signature(item: str, value: object) -> SignatureAt:
    reader = _Reader(item, "scheme.signature", value)
    headers, query = reader.header(), reader.text("query")
    if bool(headers) == bool(query):
        raise reader.wrong("header", "name either a header or a query parameter")
    packing = reader.text("packing", "plain", PACKINGS)
    if packing != "plain" and not reader.text("key"):
        raise reader.wrong("key", "name the signature's key (pairs) or version (spaced)")
    separator = reader.text("separator", ",")
    if separator.strip() not in (",", ";"):
        raise reader.wrong("separator", 'must be "," or ";"')
    return SignatureAt(
        headers, query, packing, reader.text("prefix"), reader.text("key"), separator,
        reader.text("encoding", "hex", tuple(ENCODERS)),
    )  # fmt: skip


def _timestamp(item: str, value: object) -> TimestampAt:
    reader = _Reader(item, "scheme.timestamp", value)
    headers, query, pair = reader.header(), reader.text("query"), reader.text("pair")
    if bool(headers) + bool(query) + bool(pair) != 1:
        raise reader.wrong("header", "name exactly one of header, query, pair")
    return TimestampAt(headers, query, pair, reader.text("unit", "s", UNITS), _tolerance(reader))


def _tolerance(reader: _Reader) -> int:
    try:
        seconds = int(reader.value.get("tolerance", 300))
    except (TypeError, ValueError, OverflowError):
        seconds = 0
    if seconds <= 0:
        raise reader.wrong("tolerance", "must be a whole number of seconds above 0")
    return seconds


def _message(reader: _Reader, timestamp: TimestampAt | None) -> tuple[str, ...]:
    value = reader.value.get("message", ["body"])
    if not isinstance(value, list | tuple) or not value:
        raise reader.wrong("message", "must be a list of parts")
    for part in value:
        literal = isinstance(part, str) and part.partition(":")[0] in ("text", "header") and ":" in part
        if part not in PARTS and not literal:
            raise reader.wrong("message", f"no such part: {part!r}")
    if "body" not in value:
        raise reader.wrong("message", "must contain body: nothing else proves what was sent")
    if (timestamp is not None) != ("timestamp" in value):
        raise reader.wrong("message", "a timestamp must be declared and signed, or neither")
    return tuple(f"header:{part[7:].lower()}" if part.startswith("header:") else part for part in value)


def parse_scheme(item: str, value: object) -> Scheme:
    """The scheme; `ConfigError(item, "scheme.…", problem)` for the first thing that is wrong with it."""
    reader = _Reader(item, "scheme", value)
    if "signature" not in reader.value:
        raise reader.wrong("signature", "is missing")
    signature = _signature(item, reader.value["signature"])
    stamp = reader.value.get("timestamp")
    timestamp = None if stamp is None else _timestamp(item, stamp)
    if timestamp is not None and timestamp.pair and signature.packing != "pairs":
        raise ConfigError(item, "scheme.timestamp.pair", "needs a signature packed as pairs")
    required = reader.value.get("required", {})
    if not isinstance(required, Mapping) or not all(isinstance(text, str) for text in required.values()):
        raise reader.wrong("required", "must map header names to values")
    return Scheme(
        signature,
        _message(reader, timestamp),
        reader.text("algorithm", "hmac-sha256", tuple(HASHES)),
        reader.text("key", "text", KEYS),
        timestamp,
        {str(name).lower(): text for name, text in required.items()},
    )
