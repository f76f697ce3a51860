"""What a request of a provider looks like: its proof where it stands, the rest where it is read."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

SPECIAL = {
    "twilio": ("{header}: <base64 HMAC-SHA1>",),
    "adyen": ("hmacsignature: <base64 HMAC-SHA256, or one in each item's additionalData>",),
    "braintree": ("bt_signature=<public key>|<hex HMAC-SHA1>&bt_payload=<base64 XML> in the body",),
    "contentful": ("x-contentful-signature: <hex HMAC-SHA256>", "x-contentful-timestamp: <time, ms>"),
    "mailgun": ('"signature": {"timestamp": …, "token": …, "signature": <hex>} in the body',),
    "plivo": ("x-plivo-signature-v3: <base64 HMAC-SHA256>", "x-plivo-signature-v3-nonce: <nonce>"),
    "linear": ("linear-signature: <hex HMAC-SHA256>",),
    "asana": ("x-hook-signature: <hex HMAC-SHA256>",),
    "graph": ('"clientState": <secret> in each item of "value"',),
    "paypal": ("paypal-transmission-sig: <base64 RSA-SHA256>", "paypal-cert-url: https://…"),
    "sns": ("x-amz-sns-message-type: Notification",),
    "jwt_request": ("{header}: {prefix}<JWT>",),
    "bearer": ("authorization: Bearer <token>",),
    "fal": ("x-fal-webhook-signature: <hex ED25519>", "x-fal-webhook-timestamp: <seconds>"),
    "sinch": ("authorization: Application <key>:<base64 HMAC-SHA256>", "x-timestamp: <RFC 3339>"),
    "neon": (
        "x-neon-signature: <header>..<signature>",
        "x-neon-signature-kid: <the key's id>",
        "x-neon-timestamp: <milliseconds>",
    ),
    "detached_jws": ("{header}: <header>..<signature>",),
    "http_signature": (
        "content-digest: sha-256=:<base64>:",
        'signature-input: sig=("content-digest");created=<seconds>',
        "signature: sig=:<base64>:",
    ),
    "adobe_events": (
        "x-adobe-digital-signature-1: <base64 RSA-SHA256>",
        "x-adobe-public-key1-path: /prod/keys/<name>.pem",
    ),
    "alexa": ("signature-256: <base64 RSA-SHA256>", "signaturecertchainurl: https://…"),
    "paytm": ("CHECKSUMHASH=<base64> in the form",),
    "paddle_classic": ("p_signature=<base64 RSA-SHA1> in the form",),
    "przelewy24": ('"sign": <hex SHA384> in the body',),
    "declared": ("as the source's scheme says",),
}
"""Lines for each special rule; `{…}` is a parameter of the entry."""
UNITS = {
    "s": "seconds", "ms": "milliseconds", "s_or_ms": "seconds or milliseconds", "rfc3339": "RFC 3339",
    "date": "a date",
}  # fmt: skip


def request_of(entry: Entry) -> str:
    """Lines of text: the request line, headers, an empty line and the body, as far as they are known."""
    lines = dict.fromkeys([*_proof(entry), *_read_headers(entry)])
    method = "POST" if "POST" in entry.methods else entry.methods[0]
    secret = _query_secret(entry)
    where = f"/in/{entry.name}" + (f"?{secret}=<secret>" if secret else "")
    body = _body(entry)
    return "\n".join([f"{method} {where}", *lines, *(["", body] if body else [])])


def _proof(entry: Entry) -> Iterator[str]:
    if entry.scheme is not None:
        yield from _scheme(entry.scheme)
    elif entry.special == "token":
        yield from _token(entry)
    else:
        values = {"header": "authorization", "prefix": "", **entry.parameters}
        defaults = {name: option.default for name, option in entry.options.items()}
        values = {**values, **{name: text for name, text in defaults.items() if text}}
        for line in SPECIAL.get(entry.special, ()):
            yield line.format(**values) if "{header}" in line else line


def _scheme(scheme: Scheme) -> Iterator[str]:
    at, time = scheme.signature, scheme.timestamp
    signature = f"<{at.encoding} {scheme.algorithm.upper()}>"
    if at.headers:
        yield f"{at.headers[0]}: {_packed(at, time, signature, scheme.message)}"
    for name, value in scheme.required:
        yield f"{name}: {value}"
    if time is not None and time.headers:
        yield f"{time.headers[0]}: <{UNITS.get(time.unit, time.unit)}>"
    if scheme.name_at.startswith("header:"):
        yield f"{scheme.name_at[7:]}: <{' or '.join(name for name, _ in scheme.named)}>"
    for part in scheme.message:
        _, is_header, names = part.partition("header:")
        if is_header and part.startswith(("header:", "maybe:")):
            yield f"{names.partition('}')[0].split('|')[0]}: <…>"
        elif part.startswith("headers:"):
            yield "x-event-id: <…>"


def _packed(at: SignatureAt, time: TimestampAt | None, signature: str, message: Sequence[str]) -> str:
    if at.packing == "pairs":
        items = [f"{part[5:]}=<…>" for part in message if part.startswith("pair:")]
        items.append(f"{at.key.split('|')[0]}={at.prefix}{signature}")
        if time is not None and time.pair:
            items.insert(0, f"{time.pair}=<{UNITS.get(time.unit, time.unit)}>")
        return at.separator.join(items)
    if at.packing == "spaced":
        return f"{at.key},{signature}"
    if at.packing == "list" and time is not None and time.pair:
        return f"<{UNITS[time.unit]}>{at.separator}{signature}"
    if at.packing == "json64":
        return f'<base64 of {{"{at.key}": {signature}}}>'
    return f"{at.prefix}{signature}"


def _token(entry: Entry) -> Iterator[str]:
    parameters = entry.parameters
    if parameters.get("basic"):
        yield "authorization: Basic <base64 of user:password>"
    elif not parameters.get("body") and not _query_secret(entry):
        option = entry.options.get("header")
        header = parameters.get("header") or (option.default if option else "authorization")
        yield f"{header}: {parameters.get('prefix', '')}<secret>"


def _query_secret(entry: Entry) -> str:
    option = entry.options.get("query")
    return entry.parameters.get("query") or (option.default if option else "")


def _read_headers(entry: Entry) -> Iterator[str]:
    signed = entry.scheme.message if entry.scheme is not None else ()
    for locators, what in ((entry.dedupe, "<id>"), (entry.event_type, "<type>")):
        for locator in locators:
            if locator.startswith("header:") and locator not in signed:
                yield f"{locator[7:].split('|')[0]}: {what}"


def _body(entry: Entry) -> str:
    document: Any = {}
    if entry.scheme is not None and entry.scheme.signature.body:
        document = _placed(document, entry.scheme.signature.body.split("."), "<signature>")
    if entry.parameters.get("body"):
        document = _placed(document, entry.parameters["body"].split("."), "<secret>")
    fields = []
    for locators, what in ((entry.dedupe, "<id>"), (entry.event_type, "<type>")):
        for locator in locators:
            kind, _, path = locator.partition(":")
            if kind == "form":
                fields.append(f"{path}={what}")
            elif kind in ("body", "list", "inside"):
                document = _placed(document, path.split("."), what)
    return "&".join(fields) if fields else json.dumps(document) if document else ""


def _placed(document: Any, path: list[str], value: str) -> Any:
    """`document` with the value at the path, where `[]` is a list of one."""
    first, rest = path[0], path[1:]
    if first == "[]":
        inside = document[0] if isinstance(document, list) and document else {}
        return [_placed(inside, rest, value) if rest else value]
    members = document if isinstance(document, dict) else {}
    return {**members, first: _placed(members.get(first), rest, value) if rest else value}


APART = frozenset({"paddle.classic"})
"""A product of its own: the list is the other's."""


def comes_from(name: str) -> str:
    """The preset of a provider's addresses, for any form of the same product; empty if there is none."""
    from doorbell.signatures.schemes.presets import PRESETS  # the other texts do without it

    provider = name.partition(".")[0]
    return f"preset:{provider} in allowed_cidrs" if provider in PRESETS and name not in APART else ""
