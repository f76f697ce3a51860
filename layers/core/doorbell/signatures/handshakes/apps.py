"""More handshakes of single providers; those of `SIGNED` are looked at after the check."""

import hmac
import re
from collections.abc import Callable

from doorbell.domain.errors import SignatureError
from doorbell.domain.paths import walk
from doorbell.domain.requests import Answer, Learn
from doorbell.signatures.claim import Claim
from doorbell.signatures.handshakes.answers import MAX_ECHO, as_json, asked, echo, empty, to_who_knows
from doorbell.signatures.handshakes.keyed import KEYED
from doorbell.signatures.parsing import parse_json


def notion_token(claim: Claim) -> Learn | None:
    """The key of a new subscription, taken only while the source waits for one.
    https://developers.notion.com/reference/webhooks#step-2-verifying-the-subscription"""
    request = claim.request
    if request.method != "POST" or "x-notion-signature" in request.headers or len(request.body) > MAX_ECHO:
        return None
    data = parse_json(request.body)
    if not isinstance(data, dict) or list(data) != ["verification_token"]:
        return None
    token = data["verification_token"]
    if claim.parameters.get("awaits_handshake") != "true":
        raise SignatureError("handshake_not_expected")
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x2b\x2d-\x7e]{16,256}", token):
        raise SignatureError("handshake_malformed")
    return Learn(token, empty())


def oura_challenge(claim: Claim) -> Answer | None:
    """https://cloud.ouraring.com/v2/docs (webhook subscriptions: verification)"""
    if claim.request.method != "GET":
        return None
    token, challenge = asked(claim, "verification_token"), asked(claim, "challenge")
    if token is None and challenge is None:
        return None
    return to_who_knows(claim, token, challenge, lambda text: as_json({"challenge": text}))


def onfleet_check(claim: Claim) -> Answer | None:
    """https://docs.onfleet.com/reference/validation"""
    check = asked(claim, "check") if claim.request.method == "GET" else None
    return None if check is None else echo(check)


def strava_subscribe(claim: Claim) -> Answer | None:
    """https://developers.strava.com/docs/webhooks/ (subscription validation request)"""
    if claim.request.method != "GET" or asked(claim, "hub.mode") != "subscribe":
        return None
    token, challenge = asked(claim, "hub.verify_token"), asked(claim, "hub.challenge")
    return to_who_knows(claim, token, challenge, lambda text: as_json({"hub.challenge": text}))


def ringcentral_validation(claim: Claim) -> Answer | None:
    """https://developers.ringcentral.com/guide/notifications/webhooks/creating (Validation-Token)"""
    token = claim.request.headers.get("validation-token")
    if claim.request.method != "POST" or token is None or "verification-token" in claim.request.headers:
        return None
    if not re.fullmatch(r"[\x21-\x2b\x2d-\x7e]{1,256}", token):
        raise SignatureError("handshake_malformed")
    return Answer(200, "", "text/plain; charset=utf-8", {"validation-token": token})


def sharepoint_validation(claim: Claim) -> Answer | None:
    """https://learn.microsoft.com/en-us/sharepoint/dev/apis/webhooks/overview-sharepoint-webhooks"""
    token = asked(claim, "validationtoken") if claim.request.method == "POST" else None
    return None if token is None else echo(token)


def adobe_sign_client(claim: Claim) -> Answer | None:
    """The client id comes back only where it is the source's own: nobody learns it here.
    https://developer.adobe.com/acrobat-sign/docs/overview/webhooks/ (verification of intent)"""
    given = claim.request.headers.get("x-adobesign-clientid")
    if claim.request.method != "GET" or not given:
        return None
    known = [hmac.compare_digest(given.encode(), secret.encode()) for secret in claim.secrets]
    return as_json({"xAdobeSignClientId": given}) if any(known) else empty(403)


def monday_challenge(claim: Claim) -> Answer | None:
    """A body of a challenge and nothing else comes back. https://developer.monday.com/apps/docs/webhooks"""
    request = claim.request
    if request.method != "POST" or len(request.body) > MAX_ECHO or b"challenge" not in request.body:
        return None
    data = parse_json(request.body)
    if not isinstance(data, dict) or list(data) != ["challenge"] or not isinstance(data["challenge"], str):
        return None
    return as_json(data)


def front_challenge(claim: Claim) -> Answer | None:
    """On saving: a signed body of type `sync`. https://dev.frontapp.com/docs/application-webhooks"""
    challenge = claim.request.headers.get("x-front-challenge")
    if not challenge or len(challenge) > MAX_ECHO or walk(parse_json(claim.request.body), "type") != "sync":
        return None
    return echo(challenge)


UNSIGNED: dict[str, Callable[[Claim], Answer | Learn | None]] = {
    function.__name__: function
    for function in (
        *KEYED,
        notion_token,
        oura_challenge,
        onfleet_check,
        strava_subscribe,
        ringcentral_validation,
        sharepoint_validation,
        adobe_sign_client,
        monday_challenge,
    )
}


def dingtalk_check(claim: Claim) -> Answer | None:
    """On saving: an encrypted event that asks for an encrypted answer. The AES key is one of the secrets.
    https://open.dingtalk.com/document/orgapp/configure-event-subcription"""
    from doorbell.signatures.special.dingtalk import asked

    return asked(claim.request, claim.secrets)


SIGNED: dict[str, Callable[[Claim], Answer | None]] = {
    function.__name__: function for function in (front_challenge, dingtalk_check)
}
