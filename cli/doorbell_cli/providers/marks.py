"""Whose proof a request may bear, by its form alone: no secret is needed for that."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from doorbell.domain.requests import RawRequest
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.facts import Facts
from doorbell.signatures.schemes.candidates import query_value
from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.schemes.scheme import Scheme
from doorbell_cli.providers.forms import fits

IN_HEADERS = {
    "adyen": "hmacsignature", "asana": "x-hook-signature", "contentful": "x-contentful-signature",
    "linear": "linear-signature", "paypal": "paypal-transmission-sig", "sns": "x-amz-sns-message-type",
    "fal": "x-fal-webhook-signature", "http_signature": "signature-input", "alexa": "signaturecertchainurl",
    "adobe_events": "x-adobe-digital-signature-1", "neon": "x-neon-signature",
}  # fmt: skip
"""Of special rules: the header that only their requests have."""
IN_BODIES = {
    "adyen": (
        "notificationItems.0.NotificationRequestItem.additionalData.hmacSignature",
        "additionalData.hmacSignature",
    ),
    "braintree": ("bt_signature",),
    "graph": ("value.0.clientState",),
    "mailgun": ("signature.token", "token"),
    "sns": ("SigningCertURL",),
    "paytm": ("CHECKSUMHASH",),
    "paddle_classic": ("p_signature",),
    "przelewy24": ("sign",),
}
"""Of special rules: where their proof, or what goes with it, is in a body."""
PLIVO = ("x-plivo-signature-v2", "x-plivo-signature-v3")
JWT = re.compile(r"(Bearer )?eyJ[\w-]+\.[\w-]*\.[\w-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """`weight` sorts: more means more likely. `why`: what speaks for it. `absent`: headers that ought to be
    there as well."""

    weight: int
    why: tuple[str, ...]
    absent: tuple[str, ...] = ()


def mark_of(entry: Entry, request: RawRequest) -> Mark | None:
    """None where the request has no proof of this entry's form."""
    facts = Facts(request)
    found = _proof(entry, request, facts)
    if found is None:
        return None
    told = list(dict.fromkeys(_told(entry, request, facts)))
    return Mark(found.weight + 2 * len(told), (*found.why, *told), found.absent)


def _proof(entry: Entry, request: RawRequest, facts: Facts) -> Mark | None:
    if entry.scheme is not None:
        return _of_scheme(entry.scheme, request)
    if entry.special == "token":
        return _of_token(entry, request, facts)
    option = entry.options.get("header")
    named = entry.parameters.get("header") or (option.default if option is not None else "")
    if named == "body":
        return (
            Mark(4, ("the whole body",))
            if JWT.fullmatch(request.body.decode(errors="replace").strip())
            else None
        )
    if entry.special == "sinch":
        given = request.headers.get("authorization", "")
        return Mark(6, ("authorization",)) if re.fullmatch(r"(Application|Service) [^:]+:.+", given) else None
    header = IN_HEADERS.get(entry.special) or named.lower()
    if header and (value := request.headers.get(header)):
        if entry.special == "jwt_request" and not JWT.fullmatch(value):
            return None
        return Mark(_own(header), (header,))
    paths = (path for path in IN_BODIES.get(entry.special, ()) if facts.read(f"body:{path}"))
    if path := next(paths, None):
        return Mark(6, (f"body {path}",))
    plivo = [name for name in request.headers if entry.special == "plivo" and name in PLIVO]
    if plivo:
        return Mark(6, (plivo[0],))
    if entry.special == "bearer" and request.headers.get("authorization", "")[:7].lower() == "bearer ":
        return Mark(1, ("authorization: Bearer",))
    return None


def _of_scheme(scheme: Scheme, request: RawRequest) -> Mark | None:
    if any(request.headers.get(name) != value for name, value in scheme.required):
        return _of_other(scheme, request)
    at = scheme.signature
    algorithms = [one for _, one in scheme.named] or [scheme.algorithm]
    there = [name for name in at.headers if fits(at, algorithms, request.headers.get(name, ""))]
    if at.body and text_at(request.body, at.body):
        return Mark(6, (f"body {at.body}",))
    if not there and not (at.query and query_value(request, at.query)):
        return _of_other(scheme, request)
    why = tuple(there[:1]) or (f"?{at.query}",)
    wanted = [tuple(part[7:].split("|")) for part in scheme.message if part.startswith("header:")]
    if scheme.timestamp is not None and scheme.timestamp.headers:
        wanted.append(scheme.timestamp.headers)
    absent = tuple(names[0] for names in wanted if not any(name in request.headers for name in names))
    present = 2 * (len(wanted) - len(absent)) + 2 * len(scheme.required)
    return Mark(_own(why[0]) + present - 3 * len(absent), why, absent)


def _of_other(scheme: Scheme, request: RawRequest) -> Mark | None:
    """A scheme may name another for requests without this one's signature."""
    return None if scheme.otherwise is None else _of_scheme(scheme.otherwise, request)


def _of_token(entry: Entry, request: RawRequest, facts: Facts) -> Mark | None:
    given = request.headers.get("authorization", "")
    if entry.parameters.get("basic"):
        return Mark(1, ("authorization: Basic",)) if given[:6].lower() == "basic " else None
    if path := entry.parameters.get("body"):
        return Mark(4, (f"body {path}",)) if facts.read(f"body:{path}") else None
    query = entry.parameters.get("query") or (
        entry.options["query"].default if "query" in entry.options else ""
    )
    if query:
        return Mark(2, (f"?{query}",)) if query_value(request, query) else None
    header = entry.parameters.get("header") or entry.options["header"].default
    if header == "authorization":
        is_other = given[:6].lower() == "basic " or JWT.fullmatch(given)
        return Mark(0, ("authorization",)) if given and not is_other else None
    return Mark(_own(header), (header,)) if request.headers.get(header) else None


def _own(name: str) -> int:
    """A name that only one provider gives a header weighs more than one that many use."""
    return (
        1
        if name in ("signature", "x-signature", "x-hub-signature", "authorization", "webhook-signature")
        else 6
    )


def _told(entry: Entry, request: RawRequest, facts: Facts) -> Iterator[str]:
    """What else of the request is as this provider sends it."""
    for locators in (entry.event_type, entry.dedupe, *entry.or_type):
        for locator in locators:
            kind, _, argument = locator.partition(":")
            if kind in ("header", "body", "list", "form") and facts.read(locator):
                yield f"{kind} {argument.split('|')[0]}" if kind != "header" else argument.split("|")[0]
    agent, names = request.headers.get("user-agent", "").casefold(), {entry.name, entry.title.split(" ")[0]}
    if any(len(name) > 3 and name.casefold() in agent for name in names):
        yield "user-agent"
