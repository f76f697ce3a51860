"""Twilio, and Mandrill, which signs the same way.

HMAC-SHA1 over the full URL followed by the form's parameters, sorted by name, each value once. A body that
is no form is bound by `bodySHA256` in the URL's query; one that is bound by nothing is refused.
https://www.twilio.com/docs/usage/security#validating-requests
https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit, urlunsplit

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.digests import matches
from doorbell.signatures.keys import usable_keys
from doorbell.signatures.packing import query_value

FORM = "application/x-www-form-urlencoded"
STANDARD_PORTS = {"https": 443, "http": 80}


def check(claim: Claim) -> None:
    given = single(claim.request, claim.parameters["header"]).encode()
    parameters = _bound_parameters(claim)
    keys = usable_keys("text", claim.secrets)
    expected = [sign(key, url, parameters) for url in urls(claim.public_url) for key in keys]
    if not matches(expected, [given]):
        raise SignatureError("signature_mismatch")


def sign(key: bytes, url: str, parameters: str) -> bytes:
    return b64encode(hmac.digest(key, (url + parameters).encode(), "sha1"))


def urls(url: str) -> Iterator[str]:
    """`url` as it is, and with and without its port: Twilio is not consistent in it."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    bare, _, port = host.rpartition(":")
    yield url
    standard = STANDARD_PORTS.get(parts.scheme, 443)
    other = bare if port.isdecimal() and bare else f"{host}:{standard}"
    yield urlunsplit(parts._replace(netloc=f"{userinfo}{at}{other}"))
    if not parts.path:
        yield urlunsplit(parts._replace(path="/"))


def form_text(body: bytes) -> str:
    """The form's parameters the way they are signed. `ValueError` for what is no UTF-8 form."""
    form = parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=1000)
    return "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))


def _bound_parameters(claim: Claim) -> str:
    request = claim.request
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if not request.body:
        return ""
    if kind == FORM:
        return form_text(request.body)
    expected = query_value(request, "bodySHA256")
    if expected is None:
        raise SignatureError("body_not_signed")
    actual = hashlib.sha256(request.body).hexdigest()
    if not hmac.compare_digest(actual.encode(), expected.encode()):
        raise SignatureError("signature_mismatch")
    return ""
