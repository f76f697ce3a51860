"""A source with a scheme of its own, as a form: where the signature is, and what it is made over."""

from collections.abc import Mapping
from typing import Any

import yaml

from doorbell.domain.errors import Refusal
from doorbell.signatures.schemes.declared import PACKINGS, UNITS
from doorbell.signatures.schemes.declared_rules import ALGORITHMS, KEYS
from doorbell.signatures.schemes.encoding import ENCODERS
from doorbell_cli.console.views.field import Field

SIGNATURE_AT, TIMESTAMP_AT = ("header", "query", "body"), ("", "header", "query", "pair", "body")
KEY_AT, TYPE_AT = ("", "header", "body", "form", "hash"), ("", "header", "body", "form", "fixed")
USUAL_ALGORITHM, USUAL_ENCODING = "hmac-sha256", "hex"
SIGNATURE_USUAL = {"prefix": "", "encoding": USUAL_ENCODING, "packing": "plain", "key": ""}
MORE = "more"
OWN = ("source_id", "tenant_id", "provider", "secrets")
"""What has a field of its own, or is written by the console."""


def _usual_first(usual: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return (usual, *(name for name in names if name != usual))


FIELDS = (
    Field(
        "algorithm",
        "Algorithm: an HMAC, a public key's, or a hash",
        False,
        choices=_usual_first(USUAL_ALGORITHM, ALGORITHMS),
    ),
    Field("key", "How the secret becomes a key", False, choices=KEYS),
    Field("signature.at", "The signature is in the", False, choices=SIGNATURE_AT),
    Field("signature.name", "The signature's name there; in the body a path", True, "x-signature"),
    Field("signature.prefix", "Text before it", False, "sha256="),
    Field(
        "signature.encoding",
        "The signature is written as",
        False,
        choices=_usual_first(USUAL_ENCODING, tuple(ENCODERS)),
    ),
    Field("signature.packing", "Alone (plain), or among others", False, choices=PACKINGS),
    Field(
        "signature.key",
        "Which one: a name (pairs), a version (spaced), a member (json64)",
        False,
        "v1",
    ),
    Field("timestamp.at", "The signed time is in the; empty: none is signed", False, choices=TIMESTAMP_AT),
    Field("timestamp.name", "The time's name there; pair: beside the signature", False, "x-timestamp"),
    Field("timestamp.unit", "The time is written as", False, choices=UNITS),
    Field("timestamp.tolerance", "Seconds that the time may be off", False, "300"),
    Field("message", "The signed text: its parts, one on a line", True, "timestamp\ntext:.\nbody", rows=4),
    Field("dedupe.from", "What tells a repetition is in the; empty: time and hash", False, choices=KEY_AT),
    Field("dedupe.key", "That key's name there; in the body a path", False, "x-delivery"),
    Field("event_type.from", "The event's type is in the; empty: it has none", False, choices=TYPE_AT),
    Field("event_type.key", "The type's name there; fixed: the type itself", False, "type"),
    Field(
        MORE,
        "What else the item has, as YAML: see docs/configure.md",
        False,
        "scheme: {weak: true}",
        rows=3,
    ),
)


def fields_of(given: Mapping[str, str]) -> Mapping[str, Any]:
    """Of the item; what is empty, and what would be so anyway, is left out. Refuses (422) what else it has,
    if that is not YAML, or says again what has a field here."""
    at = {field.name: given.get(field.name, "").strip() for field in FIELDS}
    signature = _place(at, "signature", "signature.name")
    signature |= _kept(at, "signature", SIGNATURE_USUAL)
    scheme: dict[str, Any] = _kept(at, "", {"algorithm": USUAL_ALGORITHM, "key": "text"})
    scheme["signature"] = signature
    if at["timestamp.at"]:
        stamp = {**_place(at, "timestamp", "timestamp.name"), **_kept(at, "timestamp", {"unit": "s"})}
        tolerance = at["timestamp.tolerance"]
        stamp |= {"tolerance": int(tolerance) if tolerance.isdecimal() else tolerance} if tolerance else {}
        scheme["timestamp"] = stamp
    parts = [part for part in given.get("message", "").splitlines() if part.strip()]
    scheme["message"] = [part if part.startswith("text:") else part.strip() for part in parts]
    found: dict[str, Any] = {"scheme": scheme}
    for name in ("dedupe", "event_type"):
        if place := at[f"{name}.from"]:
            key = at[f"{name}.key"]
            found[name] = {"from": place, **({"key": key} if key else {})}
    return _with_more(found, given.get(MORE, ""))


def _place(at: Mapping[str, str], part: str, name: str) -> dict[str, Any]:
    return {at[f"{part}.at"] or "header": at[name]}


def _kept(at: Mapping[str, str], part: str, usual: Mapping[str, str]) -> dict[str, Any]:
    """Those of the part that are given, and are not as usual."""
    asked = {name: at[f"{part}.{name}" if part else name] for name in usual}
    return {name: text for name, text in asked.items() if text and text != usual[name]}


def _with_more(found: dict[str, Any], text: str) -> Mapping[str, Any]:
    if not text.strip():
        return found
    try:
        more = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        raise Refusal(422, "broken", "more: is not YAML") from None
    if not isinstance(more, dict) or not all(isinstance(name, str) for name in more):
        raise Refusal(422, "broken", "more: must have fields of the item, such as scheme: {weak: true}")
    beside = more.pop("scheme", {})
    if not isinstance(beside, dict):
        raise Refusal(422, "broken", "more: scheme must have fields, such as {weak: true}")
    twice = [name for name in more if name in found or name in OWN]
    twice += [f"scheme.{name}" for name in beside if name in found["scheme"]]
    if twice:
        raise Refusal(422, "broken", f"more: {', '.join(twice)} has a field of its own above. Leave it out.")
    return {**found, **more, "scheme": {**found["scheme"], **beside}}
