"""Signing for the providers of `special`, with the very functions that check them."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.digests import digest
from doorbell.signatures.schemes.message import url_path
from doorbell.signatures.schemes.scheme import Scheme
from doorbell.signatures.signing import rules, tokens
from doorbell.signatures.signing.parts import as_object, with_headers, with_json, written_time

FORM = "application/x-www-form-urlencoded"


def _by(scheme: Scheme) -> Callable[[Claim], RawRequest]:
    def sign(claim: Claim) -> RawRequest:
        value = digest(scheme, claim.secrets[0].encode(), claim.request.body).decode()
        return replace(claim.request, headers={**claim.request.headers, scheme.signature.headers[0]: value})

    return sign


def _linear(claim: Claim) -> RawRequest:
    from doorbell.signatures.special.linear import SCHEME

    data = as_object(claim) | {"webhookTimestamp": int(claim.now * 1000)}
    return _by(SCHEME)(replace(claim, request=with_json(claim.request, data)))


def _asana(claim: Claim) -> RawRequest:
    from doorbell.signatures.special.asana import SCHEME

    return _by(SCHEME)(claim)


def _twilio(claim: Claim) -> RawRequest:
    from doorbell.signatures.special import twilio

    request = claim.request
    kind = request.headers.get("content-type", twilio.FORM).partition(";")[0].strip().lower()
    if kind != twilio.FORM and request.body:
        extra = f"bodySHA256={hashlib.sha256(request.body).hexdigest()}"
        query = f"{request.raw_query}&{extra}" if request.raw_query else extra
        request = replace(request, raw_query=query, url=f"{request.url.partition('?')[0]}?{query}")
    parameters = twilio.form_text(request.body) if kind == twilio.FORM else ""
    value = twilio.sign(claim.secrets[0].encode(), request.url, parameters).decode()
    return replace(request, headers={**request.headers, claim.parameters["header"]: value})


def _adyen(claim: Claim) -> RawRequest:
    from doorbell.signatures.schemes.keys import key_bytes
    from doorbell.signatures.special import adyen

    key = key_bytes("hex", claim.secrets[0])
    data = as_object(claim)
    if "notificationItems" not in data:
        value = adyen.sign(key, claim.request.body).decode()
        return replace(claim.request, headers={**claim.request.headers, adyen.HEADER: value})
    for wrapped in data["notificationItems"]:
        item = wrapped["NotificationRequestItem"]
        signature = adyen.sign(key, adyen.signed_text(item).encode()).decode()
        item["additionalData"] = {**item.get("additionalData", {}), "hmacSignature": signature}
    return with_json(claim.request, data)


def _braintree(claim: Claim) -> RawRequest:
    """The body becomes the payload's XML."""
    from doorbell.signatures.special import braintree

    payload = b64encode(claim.request.body).decode() + "\n"
    signature = braintree.sign(claim.secrets[0], payload.encode()).decode()
    pair = f"{claim.parameters.get('public_key', '')}|{signature}"
    form = urlencode({"bt_signature": pair, "bt_payload": payload})
    return with_headers(replace(claim.request, body=form.encode()), content_type=FORM)


def _contentful(claim: Claim) -> RawRequest:
    from doorbell.signatures.special import contentful

    request = with_headers(claim.request, x_contentful_timestamp=written_time(claim.now, "ms"))
    names = sorted({*request.headers, contentful.SIGNED})
    request = with_headers(request, x_contentful_signed_headers=",".join(names))
    message = contentful.canonical(request, url_path(request.url), names)
    return with_headers(
        request, x_contentful_signature=contentful.sign(claim.secrets[0].encode(), message).decode()
    )


def _mailgun(claim: Claim) -> RawRequest:
    from doorbell.signatures.special import mailgun

    timestamp, token = str(int(claim.now)), hashlib.sha256(claim.request.body).hexdigest()[:50]
    signature = mailgun.sign(claim.secrets[0].encode(), timestamp, token).decode()
    proof = {"timestamp": timestamp, "token": token, "signature": signature}
    return with_json(claim.request, as_object(claim) | {"signature": proof})


def _plivo(claim: Claim) -> RawRequest:
    from doorbell.signatures.special import plivo

    nonce = str(int(claim.now * 1000))
    key = claim.secrets[0].encode()
    if claim.source.provider == "plivo.v2":
        value = plivo.sign(key, plivo.v2_text(claim.request.url, nonce)).decode()
        return with_headers(claim.request, x_plivo_signature_v2=value, x_plivo_signature_v2_nonce=nonce)
    value = plivo.sign(key, plivo.v3_text(claim.request, claim.request.url, nonce)).decode()
    return with_headers(claim.request, x_plivo_signature_v3=value, x_plivo_signature_v3_nonce=nonce)


SIGNERS: dict[str, Callable[[Claim], RawRequest]] = {
    "linear": _linear,
    "asana": _asana,
    "twilio": _twilio,
    "adyen": _adyen,
    "braintree": _braintree,
    "contentful": _contentful,
    "mailgun": _mailgun,
    "plivo": _plivo,
    "token": tokens.token,
    "bearer": tokens.bearer,
    "graph": tokens.graph,
    "jwt_request": tokens.jwt_request,
    "paypal": tokens.paypal_request,
    "sns": tokens.sns_request,
    **rules.SIGNERS,
}
