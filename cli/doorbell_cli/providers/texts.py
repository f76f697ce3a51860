"""What the catalogue says of an entry, in a few words for each."""

from typing import Any

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.schemes.scheme import NEVER, Scheme
from doorbell.signatures.source_check import NEED_VERIFY_TOKEN
from doorbell_cli.captured_requests import signs_url, unsigned
from doorbell_cli.providers.looks import comes_from, request_of

THIRD_PARTY = "third-party: no code or page of the provider's own says so; try it before you rely on it"
SECOND_SECRET = "a second secret"
FORMS = {
    "compact": ", also of the JSON as JavaScript writes it",
    "sorted": ", also of the JSON with sorted keys",
    "payload": ", of a form the field `payload`",
}
OWN = "the provider's own code, package or documentation"


def described(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "provider": entry.title,
        "documentation": entry.docs,
        "scheme": proof(entry),
        "proof": THIRD_PARTY if entry.proof == "third-party" else OWN,
        "not signed": unsigned(entry),
        "secret": entry.secret,
        "setup": entry.setup,
        "needs": ", ".join(needs(entry)) or "the secret alone",
        "options": {name: _option(option.meaning, option.required) for name, option in entry.options.items()},
        "methods": " ".join(entry.methods),
        "dedupe": dedupe(entry),
        "event type": event_type(entry),
        "handshakes": ", ".join(name.replace("_", " ") for name in (*entry.unsigned, *entry.signed)),
        "answer": answer(entry),
        "addresses": comes_from(entry.name),
        "remembered": f"{entry.window_hours or 168} hours",
        "known from": dict(entry.facts),
        "a request": request_of(entry),
    }


def needs(entry: Entry) -> list[str]:
    """What a source of the provider's needs besides its secret; the name of a field or option for each."""
    found = ["public_url"] if signs_url(entry) else []
    found += ["verify_token_ref"] if NEED_VERIFY_TOKEN & set(entry.unsigned) else []
    found += [f"options.{name}" for name, option in entry.options.items() if option.required]
    found += ["options.awaits_handshake"] if "awaits_handshake" in entry.options else []
    found += ["scheme"] if entry.special == "declared" else []
    found += [SECOND_SECRET] if wants_two_secrets(entry) else []
    return found


def wants_two_secrets(entry: Entry) -> bool:
    """Whether a second one makes its answers, all of them or those to its handshake."""
    return bool(entry.answers) or "wecom_echo" in entry.unsigned


def proof(entry: Entry) -> str:
    """The scheme in a few words."""
    if entry.scheme is not None:
        return scheme_text(entry.scheme)
    if entry.special == "token":
        return _token_text(entry)
    parameters = entry.parameters
    algorithms, header = parameters.get("algorithms", "as set"), parameters.get("header", "…")
    texts = {
        "bearer": "token in Authorization: Bearer or the query",
        "declared": "as the source's scheme says",
        "jwt_request": f"JWT ({algorithms}) in `{header}`",
        "twilio": f"HMAC-SHA1 of URL and form in {parameters.get('header', '')}",
        "adyen": "HMAC-SHA256 in each item, or of the body",
        "braintree": "HMAC-SHA1 of bt_payload",
        "contentful": "HMAC-SHA256 of method, path, headers, body",
        "mailgun": "HMAC-SHA256 of time and token",
        "plivo": "HMAC-SHA256 of URL, nonce (and form)",
        "linear": "HMAC-SHA256 of the body, which holds its time",
        "asana": "HMAC-SHA256 of the body, key by handshake",
        "graph": "clientState in each item",
        "paypal": "RSA-SHA256, certificate by URL",
        "sns": "RSA, certificate by URL",
        "fal": "Ed25519 of ids, time and the body's hash, keys of a JWKS",
        "sinch": "HMAC-SHA256 of method, body's MD5, type, time and path, in `authorization`",
        "neon": "detached JWS (EdDSA) of time and body in `x-neon-signature`, ±300 s",
        "detached_jws": f"detached JWS ({algorithms}) in `{header}`",
        "http_signature": f"HTTP Message Signature ({parameters.get('algorithm', 'as set')}), ±300 s",
        "adobe_events": "RSA-SHA256 of the body, keys by URL, either of two",
        "alexa": "RSA-SHA256 of the body, certificate by URL, ±150 s",
        "paytm": "AES-128-CBC of a hash of the form, in `CHECKSUMHASH`",
        "paddle_classic": "RSA-SHA1 of the form, in `p_signature`",
        "przelewy24": "SHA384 of some members and the secret, in the body's `sign`",
    }
    return texts.get(entry.special, entry.special.replace("_", " "))


def scheme_text(scheme: Scheme) -> str:
    at = scheme.signature
    where = f"`{at.headers[0]}`" if at.headers else f"?{at.query}" if at.query else f"the body's `{at.body}`"
    algorithms = "/".join(dict.fromkeys(one for _, one in scheme.named)) or scheme.algorithm
    parts = " + ".join(_part(part) for part in scheme.message if part != "text:")
    text = f"{algorithms.upper()} of {parts}, {at.encoding}, in {where}"
    tolerance = scheme.timestamp.tolerance if scheme.timestamp else NEVER
    text += FORMS.get(scheme.body_forms, "")
    text += "" if tolerance >= NEVER else f", ±{tolerance} s"
    return text if scheme.otherwise is None else f"{text}; or {scheme_text(scheme.otherwise)}"


def _part(part: str) -> str:
    kind, _, argument = part.partition(":")
    if kind == "text":
        return '"{}"'.format(argument.replace("\n", "\\n"))
    if kind == "maybe":
        return f'"{argument}" where it is there'
    said = {
        "header": argument.split("|")[0],
        "body": f"body {argument}" if argument else part,
        "query": f"?{argument}" if argument else part,
        "option": f"option {argument}",
        "pair": f"its {argument}",
        "headers": f"the headers that {argument} names",
        "digest": f"{argument.partition(':')[0].upper()} of the body",
        "encoded": f"the body as {'JSON text' if argument == 'json' else argument}",
        "pathname": "path",
        "pairs": "the other parameters",
    }
    return said.get(kind, part)


def _token_text(entry: Entry) -> str:
    if entry.parameters.get("basic"):
        return "HTTP Basic"
    if entry.parameters.get("body"):
        return f"token in the body's `{entry.parameters['body']}`"
    if "query" in {**entry.options, **entry.parameters}:
        return "secret in the URL's query"
    return f"token in `{entry.parameters.get('header') or entry.options['header'].default}`"


def dedupe(entry: Entry) -> str:
    return " + ".join(_locator(one) for one in entry.dedupe) or "hash of the body"


def event_type(entry: Entry) -> str:
    return " + ".join(_locator(one) for one in entry.event_type) or "none"


_SPECIAL = {
    "cloudevents.key": "id + source",
    "cloudevents.type": "type",
    "twitch.type": "body subscription.type, or `revocation`",
}


def _locator(locator: str) -> str:
    kind, _, argument = locator.partition(":")
    argument = argument.split("|")[0]
    said = {
        "text": f'"{argument}"',
        "first-key": "the key that is present",
        "list": f"body {argument}, all",
        "hash": "hash of the body",
        "each": "none: each is an event",
        "signed": "what is signed",
        "inside": f"body {argument}",
    }
    return _SPECIAL.get(argument) or said.get(kind, f"{kind} {argument}")


def answer(entry: Entry) -> str:
    limit = f" within {entry.ack.limit_seconds:g} s" if entry.ack.limit_seconds else ""
    return f"{entry.ack.status}{limit}"


def _option(meaning: str, required: bool) -> str:
    return f"{meaning} (required)" if required else meaning
