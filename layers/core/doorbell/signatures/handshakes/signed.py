"""Handshakes that are themselves signed: looked at only after the check has passed."""

import hmac
from collections.abc import Callable

from doorbell.domain.packed import unpacked
from doorbell.domain.paths import walk
from doorbell.domain.requests import Answer
from doorbell.signatures.claim import Claim
from doorbell.signatures.handshakes.answers import MAX_ECHO, as_json, echo, empty
from doorbell.signatures.parsing import parse_json


def _member(claim: Claim, hint: bytes, path: str) -> object:
    """What is at `path` of a JSON body that contains `hint`; the body is not parsed without the hint."""
    body = unpacked(claim.request.body)
    return walk(parse_json(body), path) if hint in body else None


def _challenge(claim: Claim) -> str | None:
    challenge = _member(claim, b"challenge", "challenge")
    return challenge if isinstance(challenge, str) and 0 < len(challenge) <= MAX_ECHO else None


def github_ping(claim: Claim) -> Answer | None:
    """Sent when a hook is made. https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping"""
    return empty() if claim.request.headers.get("x-github-event") == "ping" else None


def slack_url_verification(claim: Claim) -> Answer | None:
    """https://docs.slack.dev/reference/events/url_verification"""
    if _member(claim, b"url_verification", "type") != "url_verification":
        return None
    challenge = _challenge(claim)
    return None if challenge is None else echo(challenge)


def twitch_verification(claim: Claim) -> Answer | None:
    """https://dev.twitch.tv/docs/eventsub/handling-webhook-events"""
    kind = claim.request.headers.get("twitch-eventsub-message-type")
    if kind != "webhook_callback_verification":
        return None
    challenge = _challenge(claim)
    return None if challenge is None else echo(challenge)


def zoom_url_validation(claim: Claim) -> Answer | None:
    """https://developers.zoom.us/docs/api/webhooks/ (validate your webhook endpoint)"""
    if _member(claim, b"endpoint.url_validation", "event") != "endpoint.url_validation":
        return None
    token = _member(claim, b"plainToken", "payload.plainToken")
    if not isinstance(token, str) or not 0 < len(token) <= MAX_ECHO:
        return None
    digest = hmac.digest(claim.secrets[0].encode(), token.encode(), "sha256").hex()
    return as_json({"plainToken": token, "encryptedToken": digest})


def discord_ping(claim: Claim) -> Answer | None:
    """A webhook event's type 0 asks for an empty 204, and its type 1 is an event; an interaction's type 1,
    which has none, asks for its like. https://docs.discord.com/developers/events/webhook-events#webhook-types
    https://docs.discord.com/developers/interactions/receiving-and-responding"""
    kind = _member(claim, b'"type"', "type")
    if kind == 0 and not isinstance(kind, bool):
        return empty(204)
    is_ping = kind == 1 and not isinstance(kind, bool) and _member(claim, b'"event"', "event") is None
    return as_json({"type": 1}) if is_ping else None


def intercom_ping(claim: Claim) -> Answer | None:
    return empty() if _member(claim, b'"ping"', "topic") == "ping" else None


def xero_intent_to_receive(claim: Claim) -> Answer | None:
    """An empty list of events, signed: 200 without a body says the check works."""
    events = _member(claim, b'"events"', "events")
    return empty() if events == [] else None


def asana_heartbeat(claim: Claim) -> Answer | None:
    """An empty list of events: Asana looks whether the endpoint still answers."""
    return empty() if _member(claim, b'"events"', "events") == [] else None


def sns_confirmation(claim: Claim) -> Answer | None:
    """https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html"""
    from doorbell.signatures.special.sns import confirm

    return confirm(claim)


HANDSHAKES: dict[str, Callable[[Claim], Answer | None]] = {
    function.__name__: function
    for function in (
        github_ping,
        slack_url_verification,
        twitch_verification,
        zoom_url_validation,
        discord_ping,
        intercom_ping,
        xero_intent_to_receive,
        asana_heartbeat,
        sns_confirmation,
    )
}


def named(name: str) -> Callable[[Claim], Answer | None]:
    """The handshake that an entry names; those of `apps` are loaded when one is asked for."""
    found = HANDSHAKES.get(name)
    if found is None:
        from doorbell.signatures.handshakes.apps import SIGNED

        found = SIGNED[name]
    return found
