"""Handshakes: answered as the provider wants, never forwarded, and nothing more than that."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from dataclasses import replace
from urllib.parse import quote, urlencode

import pytest

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from tests.unit.signatures.cases import CASES, NOW

SECRET = "s3cret"


def ask(
    provider: str,
    *,
    method: str = "GET",
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    token: str | None = None,
    options: dict[str, str] | None = None,
) -> VerifiedEvent | Several | Answer | Learn:
    request = RawRequest(method, f"https://h.test/in/s?{query}", "/in/s", query, headers or {}, body)
    source = Source("s", provider, secrets=("ssm:/x",), options=options or {})
    return Gate().examine(source, request, [SECRET], verify_token=token, ingest_id="i", now=NOW)


def answered(case_name: str, body: bytes, headers: dict[str, str] | None = None) -> Answer:
    """The answer to a correctly signed request with that body."""
    case = replace(CASES[case_name], body=body, headers=headers or {})
    result = case.examine(case.signed())
    assert isinstance(result, Answer), result
    return result


def is_inert(answer: Answer) -> bool:
    """Whether no browser would take the answer for a page."""
    return (
        answer.headers.get("x-content-type-options") == "nosniff"
        and answer.content_type.partition(";")[0] in ("text/plain", "application/json")
    )  # fmt: skip


SCRIPT = "<script>alert(1)</script>"


def test_meta_gets_its_challenge_back_for_the_right_token_only() -> None:
    query = "hub.mode=subscribe&hub.challenge=115&hub.verify_token=tok"
    right = ask("meta", query=query, token="tok")
    assert isinstance(right, Answer)
    assert (right.status, right.body, is_inert(right)) == (200, "115", True)
    for token in ("other", "", None):
        wrong = ask("meta", query=query, token=token)
        assert isinstance(wrong, Answer)
        assert (wrong.status, wrong.body) == (403, "")


@pytest.mark.parametrize(
    ("provider", "method", "query", "headers"),
    [
        ("dropbox", "GET", "challenge=%3Cscript%3Ealert(1)%3C/script%3E", {}),
        ("microsoft-graph", "POST", "validationToken=%3Cscript%3Ealert(1)%3C/script%3E", {}),
        ("okta", "GET", "", {"x-okta-verification-challenge": SCRIPT}),
        ("x", "GET", "crc_token=script", {}),
        ("meta", "GET", "hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=tok", {}),
    ],
)
def test_echo_is_never_a_page(provider: str, method: str, query: str, headers: dict[str, str]) -> None:
    answer = ask(provider, method=method, query=query, headers=headers, token="tok")
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert is_inert(answer)


def test_endless_challenge_is_refused() -> None:
    with pytest.raises(SignatureError):
        ask("dropbox", query="challenge=" + "x" * 5000)


def test_x_crc_is_the_hmac_of_its_token() -> None:
    answer = ask("x", query="crc_token=abc")
    assert isinstance(answer, Answer)
    digest = b64encode(hmac.digest(SECRET.encode(), b"abc", "sha256")).decode()
    assert json.loads(answer.body) == {"response_token": f"sha256={digest}"}


def test_x_crc_with_a_signature_needs_the_right_one() -> None:
    right = "sha256=" + b64encode(hmac.digest(SECRET.encode(), b"crc_token=abc", "sha256")).decode()
    assert isinstance(
        ask("x", query="crc_token=abc", headers={"x-twitter-webhooks-signature": right}), Answer
    )
    with pytest.raises(SignatureError):
        ask("x", query="crc_token=abd", headers={"x-twitter-webhooks-signature": right})


X_OAUTH2 = "x-twitter-webhooks-signature-oauth2"


def test_x_crc_of_an_app_with_two_secrets_is_answered_with_the_first_and_signed_with_either() -> None:
    """X sends a header for each of an app's secrets, and Doorbell may have one of them."""
    query = b"crc_token=abc"
    unknown, known = (
        "sha256=" + b64encode(hmac.digest(key, query, "sha256")).decode()
        for key in (b"other", SECRET.encode())
    )
    both = {"x-twitter-webhooks-signature": unknown, X_OAUTH2: known}
    assert isinstance(ask("x", query=query.decode(), headers=both), Answer)
    for wrong in (both | {X_OAUTH2: unknown}, {X_OAUTH2: unknown}):
        with pytest.raises(SignatureError):
            ask("x", query=query.decode(), headers=wrong)


FORGED = '{"for_user_id":"1","tweet_create_events":[{"text":"forged"}]}'


@pytest.mark.parametrize("token", [FORGED, "[]", '"a"', "a b", "x" * 257, ""])
def test_guarantee_1_x_crc_signs_nothing_that_could_be_an_event(token: str) -> None:
    """Anybody may ask, and what is answered is the signature of a body that is the token."""
    with pytest.raises(SignatureError):
        ask("x", query=f"crc_token={quote(token, safe='')}")


@pytest.mark.parametrize("token", ["abc", "12345", "9b4507b3-9040-4669-9ca3-6b94edb50553", "true", "null"])
def test_guarantee_1_what_x_crc_answered_proves_no_event(token: str) -> None:
    answer = ask("x", query=f"crc_token={token}")
    assert isinstance(answer, Answer)
    for header in (X_OAUTH2, "x-twitter-webhooks-signature"):
        with pytest.raises(SignatureError):
            ask(
                "x",
                method="POST",
                body=token.encode(),
                headers={header: json.loads(answer.body)["response_token"]},
            )


def test_guarantee_1_what_a_braintree_challenge_was_answered_proves_no_event() -> None:
    challenge = "deadbeefdeadbeefdead"
    answer = ask("braintree", query=f"bt_challenge={challenge}", options={"public_key": "pub"})
    assert isinstance(answer, Answer)
    form = urlencode({"bt_signature": answer.body, "bt_payload": challenge}).encode()
    with pytest.raises(SignatureError):
        ask("braintree", method="POST", body=form, options={"public_key": "pub"})


def test_slack_challenge_is_echoed_when_signed_and_refused_when_not() -> None:
    body = b'{"type":"url_verification","challenge":"c-1"}'
    answer = answered("slack", body)
    assert (answer.body, is_inert(answer)) == ("c-1", True)
    with pytest.raises(SignatureError):
        ask("slack", method="POST", body=body)


def test_zoom_validation_is_answered_with_the_tokens_hmac() -> None:
    body = b'{"event":"endpoint.url_validation","payload":{"plainToken":"p"}}'
    expected = hmac.digest(CASES["zoom"].stored.encode(), b"p", "sha256").hex()
    assert json.loads(answered("zoom", body).body) == {"plainToken": "p", "encryptedToken": expected}


def test_twitch_verification_is_echoed_and_a_notification_is_forwarded() -> None:
    kind = "twitch-eventsub-message-type"
    answer = answered("twitch", b'{"challenge":"pogchamp"}', {kind: "webhook_callback_verification"})
    assert (answer.body, is_inert(answer)) == ("pogchamp", True)
    case = replace(CASES["twitch"], body=b'{"challenge":"x"}', headers={kind: "notification"})
    assert isinstance(case.examine(case.signed()), VerifiedEvent)


def test_discord_pings_are_answered_by_kind() -> None:
    assert json.loads(answered("discord", b'{"type":1}').body) == {"type": 1}
    assert answered("discord", b'{"type":0}').status == 204


def test_discord_webhook_event_is_forwarded_though_its_type_is_that_of_an_interactions_ping() -> None:
    """https://docs.discord.com/developers/events/webhook-events#payload-structure"""
    body = b"""{"version":1,"application_id":"1","type":1,
        "event":{"type":"APPLICATION_AUTHORIZED","timestamp":"2026-10-18T14:42:53.064834","data":{}}}"""
    case = replace(CASES["discord"], body=body)
    event = case.examine(case.signed())
    assert isinstance(event, VerifiedEvent)
    assert event.event_type == "APPLICATION_AUTHORIZED"


def test_github_ping_is_answered_and_not_forwarded() -> None:
    assert answered("github", b"{}", {"x-github-event": "ping"}).status == 200


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("intercom", b'{"type":"notification_event","topic":"ping"}'),
        ("xero", b'{"events":[],"firstEventSequence":0}'),
        ("asana", b'{"events":[]}'),
    ],
)
def test_empty_or_ping_deliveries_are_answered_and_not_forwarded(provider: str, body: bytes) -> None:
    assert answered(provider, body).status == 200


def test_asana_secret_is_learnt_only_while_the_source_waits() -> None:
    secret = "b537207f20cbfa02357cf448134da559"
    learnt = ask(
        "asana", method="POST", headers={"x-hook-secret": secret}, options={"awaits_handshake": "true"}
    )
    assert isinstance(learnt, Learn)
    assert (learnt.secret, learnt.answer.headers) == (secret, {"x-hook-secret": secret})
    with pytest.raises(SignatureError) as caught:
        ask("asana", method="POST", headers={"x-hook-secret": secret})
    assert caught.value.reason == "handshake_not_expected"


@pytest.mark.parametrize("secret", ["", "short", "a" * 300, "with blank and more", "a,b" * 10])
def test_asana_secret_of_no_sane_form_is_refused(secret: str) -> None:
    with pytest.raises(SignatureError):
        ask("asana", method="POST", headers={"x-hook-secret": secret}, options={"awaits_handshake": "true"})


@pytest.mark.parametrize(
    ("provider", "method"),
    [("trello", "HEAD"), ("mandrill", "HEAD"), ("intercom", "HEAD"), ("mailchimp", "GET")],
)
def test_probe_gets_an_empty_200(provider: str, method: str) -> None:
    answer = ask(provider, method=method)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, "")


def test_woocommerce_ping_is_answered_and_a_signed_request_is_checked() -> None:
    answer = ask("woocommerce", method="POST", body=b"webhook_id=42")
    assert isinstance(answer, Answer)
    assert answer.status == 200
    for body in (b"webhook_id=42&order=1", b"webhook_id=x", b'{"webhook_id":42}'):
        with pytest.raises(SignatureError):
            ask("woocommerce", method="POST", body=body)


def test_cloudevents_origin_is_allowed_only_when_the_source_names_it() -> None:
    headers = {"webhook-request-origin": "eventemitter.example.com", "webhook-request-rate": "120"}
    options = {"allowed_origins": "eventemitter.example.com"}
    allowed = ask("cloudevents", method="OPTIONS", headers=headers, options=options)
    assert isinstance(allowed, Answer)
    assert allowed.status == 200
    assert allowed.headers["webhook-allowed-origin"] == "eventemitter.example.com"
    assert allowed.headers["webhook-allowed-rate"] == "120"
    refused = ask("cloudevents", method="OPTIONS", headers=headers)
    assert isinstance(refused, Answer)
    assert (refused.status, dict(refused.headers)) == (403, {})


@pytest.mark.parametrize("rate", ["", "fast", "1.5", "-1", "²", "1234567890"])
def test_cloudevents_is_told_no_rate_where_it_asked_for_none_that_is_a_number(rate: str) -> None:
    headers = {"webhook-request-origin": "a.example.com", "webhook-request-rate": rate}
    allowed = ask("cloudevents", method="OPTIONS", headers=headers, options={"allowed_origins": "*"})
    assert isinstance(allowed, Answer)
    assert allowed.status == 200
    assert "webhook-allowed-rate" not in allowed.headers


def test_braintree_challenge_is_answered_with_public_key_and_hmac() -> None:
    import hashlib

    challenge = "20f9f8ed05f77439fe955c977e4c8a53"
    key = hashlib.sha1(SECRET.encode(), usedforsecurity=False).digest()
    answer = ask("braintree", query=f"bt_challenge={challenge}", options={"public_key": "pub"})
    assert isinstance(answer, Answer)
    assert answer.body == f"pub|{hmac.digest(key, challenge.encode(), 'sha1').hex()}"
    with pytest.raises(SignatureError):
        ask("braintree", query="bt_challenge=%3Cscript%3E", options={"public_key": "pub"})
