"""Twilio, and Mandrill, which signs the same way.

HMAC-SHA1 over the full URL followed by the form's parameters, sorted by name, each value once. A body that
is no form is bound by `bodySHA256` in the URL's query; one that is bound by nothing is refused.
https://www.twilio.com/docs/usage/security#validating-requests
https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
"""

import hashlib
import hmac
from base64 import b64encode
from itertools import chain
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.candidates import query_value
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.keyed import keyed_hashes

FORM = "application/x-www-form-urlencoded"
STANDARD_PORTS = {"https": 443, "http": 80}
ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
KEPT = "-_.!~*'()"


def check(claim: Claim) -> None:
    given = single(claim.request, claim.parameters["header"]).encode()
    parameters = _bound_parameters(claim)
    algorithm = _algorithm(claim.request)
    message = parameters.encode()
    keys = keyed_hashes("text", algorithm, tuple(claim.secrets))
    every = (spelling for url in claim.public_urls for spelling in urls(url))
    spelt = [url.encode() for url in dict.fromkeys(every)]
    expected = [b64encode(key.digest((url, message))) for url in spelt for key in keys]
    if not matches(expected, [given]):
        raise SignatureError("signature_mismatch")


def sign(key: bytes, url: str, parameters: str, algorithm: str = "sha1") -> bytes:
    return b64encode(hmac.digest(key, (url + parameters).encode(), algorithm))


def _algorithm(request: RawRequest) -> str:
    """SHA-1, or what the settings header of a request signed with a shared key names. (twilio-python 9.13)"""
    for part in request.headers.get("x-twilio-webhooks-signature-settings", "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            algorithm = ALGORITHMS.get(value.strip().upper())
            if algorithm is None:
                raise SignatureError("algorithm_not_allowed")
            return algorithm
    return "sha1"


def urls(url: str) -> list[str]:
    """`url` as it is, and spelt in the other ways that Twilio signs: with and without its port, with quotes
    in the query escaped and with the query encoded anew. (twilio-node, webhooks)"""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    bare, _, port = host.rpartition(":")
    standard = STANDARD_PORTS.get(parts.scheme, 443)
    other = bare if port.isdecimal() and bare else f"{host}:{standard}"
    hosts = (parts.netloc, f"{userinfo}{at}{other}")
    queries = {parts.query: None, parts.query.replace("'", "%27"): None, _encoded_anew(parts.query): None}
    paths = (parts.path,) if parts.path else ("", "/")
    spelt = [
        urlunsplit(parts._replace(netloc=host, path=path, query=query))
        for host in hosts
        for path in paths
        for query in queries
    ]
    return [url, *spelt]


def _encoded_anew(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
    return "&".join(f"{quote(name, safe=KEPT)}={quote(value, safe=KEPT)}" for name, value in pairs)


def form_text(body: bytes) -> str:
    """The form's parameters the way they are signed. `ValueError` for what is no UTF-8 form."""
    form = parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=1000)
    pieces = [(name, value) for name in sorted(form) for value in _distinct(form[name])]
    return "".join(chain.from_iterable(pieces))


def _distinct(values: list[str]) -> list[str]:
    """Sorted, each once. A single one is not hashed: it may be most of the body."""
    return values if len(values) == 1 else sorted(set(values))


def _bound_parameters(claim: Claim) -> str:
    request = claim.request
    expected = query_value(request, "bodySHA256")
    if expected is not None:
        actual = hashlib.sha256(request.body).hexdigest()
        if not hmac.compare_digest(actual.encode(), expected.encode()):
            raise SignatureError("signature_mismatch")
        return ""
    if not request.body:
        return ""
    if not _is_form(request):
        raise SignatureError("body_not_signed")
    return form_text(request.body)


def _is_form(request: RawRequest) -> bool:
    return request.headers.get("content-type", FORM).partition(";")[0].strip().lower() == FORM


def fact(request: RawRequest, name: str) -> str | None:
    """`signed`: what the signature covers. A form can be written in many ways, and its signature fits all.
    `called`: path and query of the URL, which is signed too, in the one order that stands for all."""
    if name == "called":
        pairs = parse_qsl(request.raw_query, keep_blank_values=True, max_num_fields=1000)
        return f"{request.path}?{urlencode(sorted(pairs))}"
    return form_text(request.body) if _is_form(request) else request.body.decode()
