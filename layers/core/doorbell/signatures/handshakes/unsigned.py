"""Handshakes that no provider signs: answered before any check, and nothing of them is forwarded."""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import Answer, Learn
from doorbell.signatures.claim import Claim
from doorbell.signatures.handshakes.answers import (
    MAX_ECHO,
    NOSNIFF,
    as_json,
    asked,
    echo,
    empty,
    to_who_knows,
)
from doorbell.signatures.parsing import parse_form
from doorbell.signatures.schemes.digests import matches

type Handshake = Callable[[Claim], Answer | Learn | None]

X_HEADERS = ("x-twitter-webhooks-signature-oauth2", "x-twitter-webhooks-signature")


def _first_secret(claim: Claim) -> bytes:
    if not claim.secrets or not claim.secrets[0]:
        raise SignatureError("secret_missing")
    return claim.secrets[0].encode()


def meta_subscribe(claim: Claim) -> Answer | None:
    """https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests"""
    if claim.request.method != "GET" or asked(claim, "hub.mode") != "subscribe":
        return None
    token, challenge = asked(claim, "hub.verify_token"), asked(claim, "hub.challenge")
    return to_who_knows(claim, token, challenge, echo)


def x_crc(claim: Claim) -> Answer | None:
    """https://docs.x.com/x-api/webhooks/quickstart (challenge-response check)

    A signature, over the raw query, is optional here; of those that are there one must be right: an app may
    have two secrets, each with its header, and Doorbell one of them. The answer, by the first secret, is what
    X would sign a body with that is the token: so a token is none that could be an event (`Entry.only_json`).
    """
    token = asked(claim, "crc_token") if claim.request.method == "GET" else None
    if token is None:
        return None
    if not re.fullmatch(r"[A-Za-z0-9_=+/.-]{1,256}", token):
        raise SignatureError("handshake_malformed")
    key = _first_secret(claim)
    given = [claim.request.headers[name].encode() for name in X_HEADERS if name in claim.request.headers]
    if given and not matches(
        [_x_digest(one.encode(), claim.request.raw_query) for one in claim.secrets], given
    ):
        raise SignatureError("signature_mismatch")
    return as_json({"response_token": _x_digest(key, token).decode()})


def _x_digest(key: bytes, text: str) -> bytes:
    return b"sha256=" + b64encode(hmac.digest(key, text.encode(), "sha256"))


def okta_verification(claim: Claim) -> Answer | None:
    """https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request"""
    challenge = claim.request.headers.get("x-okta-verification-challenge")
    if claim.request.method != "GET" or not challenge or len(challenge) > MAX_ECHO:
        return None
    return as_json({"verification": challenge})


def dropbox_challenge(claim: Claim) -> Answer | None:
    """https://www.dropbox.com/developers/reference/webhooks (the verification request)"""
    challenge = asked(claim, "challenge") if claim.request.method == "GET" else None
    return None if challenge is None else echo(challenge)


def graph_validation(claim: Claim) -> Answer | None:
    """https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks"""
    token = asked(claim, "validationToken") if claim.request.method in ("POST", "GET") else None
    return None if token is None else echo(token)


def asana_secret(claim: Claim) -> Learn | None:
    """The key of a new hook, taken only while the source waits for one.
    https://developers.asana.com/docs/webhooks-guide#the-webhook-handshake"""
    secret = claim.request.headers.get("x-hook-secret")
    if claim.request.method != "POST" or secret is None:
        return None
    if claim.parameters.get("awaits_handshake") != "true":
        raise SignatureError("handshake_not_expected")
    if not re.fullmatch(r"[\x21-\x2b\x2d-\x7e]{16,256}", secret):
        raise SignatureError("handshake_malformed")
    return Learn(secret, Answer(200, "", "text/plain; charset=utf-8", {"x-hook-secret": secret}))


def head_probe(claim: Claim) -> Answer | None:
    """Trello, Mandrill and Intercom send HEAD before they take the URL.
    https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#creating-a-webhook
    https://developers.intercom.com/building-apps/docs/setting-up-webhooks"""
    return empty() if claim.request.method == "HEAD" else None


def get_probe(claim: Claim) -> Answer | None:
    """Mailchimp sends GET before it takes the URL."""
    return empty() if claim.request.method in ("GET", "HEAD") else None


def woocommerce_ping(claim: Claim) -> Answer | None:
    """`webhook_id=N` as a form, unsigned, when a hook is saved; needs exactly 200."""
    request = claim.request
    if request.method != "POST" or len(request.body) > 64 or "x-wc-webhook-signature" in request.headers:
        return None
    form = parse_form(request.body)
    return empty() if list(form) == ["webhook_id"] and form["webhook_id"][0].isdecimal() else None


def cloudevents_options(claim: Claim) -> Answer | None:
    """https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection

    The origin is allowed when the source names it (`allowed_origins`, between blanks; `*` is any).
    """
    request = claim.request
    if request.method != "OPTIONS":
        return None
    origin = request.headers.get("webhook-request-origin", "")
    allowed = claim.parameters.get("allowed_origins", "").split()
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", origin) or not {origin, "*"} & set(allowed):
        return Answer(403, "", "text/plain; charset=utf-8")
    rate = request.headers.get("webhook-request-rate", "")
    headers = {"allow": "POST", "webhook-allowed-origin": origin, **NOSNIFF}
    if rate.isascii() and rate.isdigit() and len(rate) < 10:
        headers["webhook-allowed-rate"] = rate
    return Answer(200, "", "text/plain; charset=utf-8", headers)


def braintree_challenge(claim: Claim) -> Answer | None:
    """https://developer.paypal.com/braintree/docs/guides/webhooks/parse (`bt_challenge`)"""
    challenge = asked(claim, "bt_challenge") if claim.request.method == "GET" else None
    if challenge is None:
        return None
    from doorbell.signatures.special.braintree import challenge_answer

    return echo(challenge_answer(claim, challenge))


HANDSHAKES: dict[str, Handshake] = {
    function.__name__: function
    for function in (
        meta_subscribe,
        x_crc,
        okta_verification,
        dropbox_challenge,
        graph_validation,
        asana_secret,
        head_probe,
        get_probe,
        woocommerce_ping,
        cloudevents_options,
        braintree_challenge,
    )
}


def named(name: str) -> Handshake:
    """The handshake that an entry names; those of few providers are loaded when one is asked for."""
    found = HANDSHAKES.get(name)
    if found is None:
        from doorbell.signatures.handshakes import apps, further

        found = {**apps.UNSIGNED, **further.UNSIGNED}[name]
    return found
