"""A source's own `scheme{…}` for provider "hmac": from a plain mapping to a `Scheme`.

scheme:
  algorithm: hmac-sha256            # or another of `declared_rules.ALGORITHMS`
  key: text                         # how the secret becomes a key
  signature: {header: x-signature, prefix: "sha256=", encoding: hex}
  timestamp: {header: x-timestamp, unit: s, tolerance: 300}
  message: [timestamp, "text:.", body]
"""

from collections.abc import Mapping

from doorbell.domain.errors import ConfigError
from doorbell.signatures.schemes.declared_rules import (
    ALGORITHMS,
    BODY_FORMS,
    KEYS,
    URL_FORMS,
    Level,
    check_limits,
    message_of,
)
from doorbell.signatures.schemes.encoding import ENCODERS
from doorbell.signatures.schemes.scheme import FIRST, NEVER, Scheme, SignatureAt, TimestampAt

UNITS = ("s", "ms", "s_or_ms", "rfc3339", "date")
PACKINGS = ("plain", "pairs", "spaced", "list", "json64")
NAMED = {"pairs": "name", "spaced": "version", "json64": "member"}
"""What `key` is for a packing that needs it."""


def parse_scheme(item: str, value: object) -> Scheme:
    """The scheme; `ConfigError(item, "scheme.…", problem)` for the first thing that is wrong with it."""
    level = Level(item, "scheme", value)
    if "signature" not in level.value:
        raise level.wrong("signature", "is missing")
    signature = _signature(item, level.value["signature"])
    stamp = level.value.get("timestamp")
    timestamp = None if stamp is None else _timestamp(item, stamp)
    if timestamp is not None and timestamp.pair and signature.packing not in ("pairs", "list"):
        raise ConfigError(item, "scheme.timestamp.pair", "needs a signature packed as pairs, or as list")
    scheme = Scheme(
        signature,
        message_of(level, signature, timestamp),
        level.text("algorithm", "hmac-sha256", ALGORITHMS),
        level.text("key", "text", KEYS),
        timestamp,
        tuple((name.lower(), text) for name, text in level.texts("required")),
        level.text("url_forms", "exact", URL_FORMS),
        level.text("body_forms", "exact", BODY_FORMS),
        level.flag("sorted"),
        level.texts("algorithms"),
        level.text("algorithm_from").lower(),
        _otherwise(item, level),
    )
    check_limits(level, scheme)
    return scheme


def _signature(item: str, value: object) -> SignatureAt:
    level = Level(item, "scheme.signature", value)
    headers, query, body = level.header(), level.text("query"), level.text("body")
    if bool(headers) + bool(query) + bool(body) != 1:
        raise level.wrong("header", "name either a header or a query parameter, or a place in the body")
    packing = level.text("packing", "plain", PACKINGS)
    if packing in NAMED and not level.text("key"):
        raise level.wrong("key", f"name the signature's {NAMED[packing]} ({packing})")
    separator = level.text("separator", ",")
    if separator.strip() not in (",", ";") and not (packing == "list" and separator in (".", ":", "|")):
        raise level.wrong("separator", 'must be "," or ";"; for a list also "." or ":" or "|"')
    return SignatureAt(
        headers, query, packing, level.text("prefix"), level.text("key"), separator,
        level.text("encoding", "hex", tuple(ENCODERS)), body, level.flag("bare"),
    )  # fmt: skip


def _timestamp(item: str, value: object) -> TimestampAt:
    level = Level(item, "scheme.timestamp", value)
    headers, query, pair, body = level.header(), level.text("query"), level.text("pair"), level.text("body")
    if bool(headers) + bool(query) + bool(pair) + bool(body) != 1:
        raise level.wrong("header", "name exactly one of header, query, pair, body")
    ahead = level.value.get("ahead")
    return TimestampAt(
        headers,
        query,
        FIRST if pair == "first" else pair,
        level.text("unit", "s", UNITS),
        level.seconds("tolerance", 300),
        NEVER if ahead == "any" else None if ahead is None else level.seconds("ahead", 0),
        body,
    )


def _otherwise(item: str, level: Level) -> Scheme | None:
    """One other, and not another of its own."""
    value = level.value.get("otherwise")
    if value is None:
        return None
    if isinstance(value, Mapping) and "otherwise" in value:
        raise level.wrong("otherwise", "cannot have an otherwise of its own")
    try:
        return parse_scheme(item, value)
    except ConfigError as error:
        inner = error.field.removeprefix("scheme").lstrip(".")
        raise level.wrong(f"otherwise.{inner}".rstrip("."), error.problem) from error
