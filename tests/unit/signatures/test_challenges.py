"""Handshakes that a source of its own declares."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, Refusal, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import Answer, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.source_check import check_source
from tests.unit.signatures.cases import NOW

SCHEME: dict[str, Any] = {"signature": {"header": "x-sig"}}
STRAVA = {
    "method": "GET", "read": "query.hub.challenge", "when": {"query.hub.mode": "subscribe"},
    "token": "query.hub.verify_token", "answer": "json", "key": "hub.challenge",
}  # fmt: skip
MONDAY = {"method": "POST", "read": "body.challenge", "answer": "json", "key": "challenge"}
SMARTSHEET = {
    "method": "POST", "read": "header.Smartsheet-Hook-Challenge", "answer": "json",
    "key": "smartsheetHookResponse",
}  # fmt: skip
DIGEST = {"method": "GET", "read": "query.crc", "answer": "hmac", "key": "response", "prefix": "sha256="}


def source(challenge: Any, provider: str = "hmac", **given: Any) -> Source:
    scheme = SCHEME if provider == "hmac" else None
    given = {"scheme": scheme, "verify_token_ref": "ssm:/v", **given}
    return Source("s", provider, secrets=("ssm:/x",), challenge=challenge, **given)


def ask(
    challenge: Any, method: str, query: str = "", body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer | VerifiedEvent:
    request = RawRequest(method, f"https://h.test/in/s?{query}", "/in/s", query, headers or {}, body)
    found = Gate().examine(source(challenge), request, ["k"], verify_token="tok", ingest_id="i", now=NOW)
    assert isinstance(found, Answer | VerifiedEvent)
    return found


def signed(body: bytes) -> dict[str, str]:
    return {"x-sig": hmac.digest(b"k", body, "sha256").hex()}


def test_a_challenge_in_the_query_is_answered_where_token_and_mode_are_right() -> None:
    right = "hub.mode=subscribe&hub.verify_token=tok&hub.challenge=abc"
    answer = ask(STRAVA, "GET", right)
    assert isinstance(answer, Answer)
    assert (answer.status, json.loads(answer.body)) == (200, {"hub.challenge": "abc"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    wrong = ask(STRAVA, "GET", right.replace("tok", "tik"))
    assert isinstance(wrong, Answer)
    assert (wrong.status, wrong.body) == (403, "")
    with pytest.raises(Refusal):
        ask(STRAVA, "GET", right.replace("subscribe", "other"))


def test_what_is_echoed_is_plain_text_of_at_most_1024_characters() -> None:
    challenge = {"method": "GET", "read": "query.c", "answer": "echo"}
    answer = ask(challenge, "GET", "c=%3Cscript%3E")
    assert isinstance(answer, Answer)
    assert (answer.body, answer.content_type) == ("<script>", "text/plain; charset=utf-8")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for query in (f"c={'x' * 1025}", "c=a%0D%0Ab", "c=a&c=b"):
        with pytest.raises(SignatureError):
            ask(challenge, "GET", query)


def test_a_proven_post_is_an_event_though_it_looks_like_a_challenge() -> None:
    body = b'{"challenge":"abc"}'
    answer = ask(MONDAY, "POST", body=body)
    assert isinstance(answer, Answer)
    assert json.loads(answer.body) == {"challenge": "abc"}
    assert isinstance(ask(MONDAY, "POST", body=body, headers=signed(body)), VerifiedEvent)
    with pytest.raises(SignatureError):
        ask(MONDAY, "POST", body=b'{"other":"abc"}')


def test_a_challenge_may_be_in_a_header() -> None:
    answer = ask(SMARTSHEET, "POST", headers={"smartsheet-hook-challenge": "abc"}, body=b"{}")
    assert isinstance(answer, Answer)
    assert json.loads(answer.body) == {"smartsheetHookResponse": "abc"}


def test_a_signed_challenge_is_answered_only_when_it_is_proven() -> None:
    challenge = {**MONDAY, "signed": True}
    body = b'{"challenge":"abc"}'
    assert isinstance(ask(challenge, "POST", body=body, headers=signed(body)), Answer)
    with pytest.raises(SignatureError):
        ask(challenge, "POST", body=body)
    assert isinstance(ask(challenge, "POST", body=b"{}", headers=signed(b"{}")), VerifiedEvent)


def test_a_probe_with_head_is_answered_with_nothing() -> None:
    answer = ask({"method": "HEAD"}, "HEAD")
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, "")


def test_an_answered_digest_is_the_schemes_and_never_an_events_signature() -> None:
    answer = ask(DIGEST, "GET", "crc=abc")
    assert isinstance(answer, Answer)
    digest = hmac.digest(b"k", b"abc", "sha256").hex()
    assert json.loads(answer.body) == {"response": f"sha256={digest}"}
    for text in ("%7B%7D", "%5B%5D", "a%20b", "%22"):
        with pytest.raises(SignatureError, match="handshake_malformed"):
            ask(DIGEST, "GET", f"crc={text}")
    with pytest.raises(SignatureError, match="signature_mismatch"):
        ask(DIGEST, "POST", body=b"abc", headers={"x-sig": digest})
    assert isinstance(ask(DIGEST, "POST", body=b"{}", headers=signed(b"{}")), VerifiedEvent)


@pytest.mark.parametrize(
    ("challenge", "field"),
    [
        ([], "challenge"),
        ({}, "challenge.method"),
        ({"method": "PUT"}, "challenge.method"),
        ({"method": "GET"}, "challenge.read"),
        ({"method": "GET", "read": "cookie.x", "answer": "echo"}, "challenge.read"),
        ({"method": "GET", "read": "query.x"}, "challenge.answer"),
        ({"method": "GET", "read": "query.x", "answer": "json"}, "challenge.key"),
        ({"method": "GET", "read": "query.x", "answer": "echo", "signed": "yes"}, "challenge.signed"),
        ({"method": "GET", "read": "query.x", "answer": "echo", "when": ["x"]}, "challenge.when"),
        ({"method": "GET", "read": "query.x", "answer": "echo", "colour": 1}, "challenge.colour"),
    ],
)
def test_a_broken_challenge_is_named_with_its_field(challenge: Any, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_source(source(challenge))
    assert caught.value.field == field


def test_a_challenge_is_for_sources_of_ones_own_and_a_token_needs_its_reference() -> None:
    for provider in ("hmac", "token", "basic", "url-secret"):
        check_source(source(MONDAY, provider))
    with pytest.raises(ConfigError, match="GitHub has the handshakes") as caught:
        check_source(source(MONDAY, "github"))
    assert caught.value.field == "challenge"
    with pytest.raises(ConfigError) as caught:
        check_source(source(STRAVA, verify_token_ref=None))
    assert caught.value.field == "challenge.token"


@pytest.mark.parametrize(
    "given",
    [
        {"provider": "token"},
        {"scheme": {**SCHEME, "message": ["digest:sha256:hex"]}},
        {"scheme": {**SCHEME, "message": ["body:id"], "binds_body": False}},
        {"scheme": {**SCHEME, "message": ["unpacked_body"]}},
        {"scheme": {**SCHEME, "algorithm": "sha256", "message": ["secret", "body"], "weak": True}},
    ],
)
def test_digests_are_answered_only_where_none_could_sign_an_event(given: dict[str, Any]) -> None:
    check_source(source(DIGEST))
    with pytest.raises(ConfigError) as caught:
        check_source(source(DIGEST, **given))
    assert caught.value.field == "challenge.answer"


def test_a_source_without_a_challenge_is_as_it_was() -> None:
    plain = replace(source(None), challenge=None)
    assert not plain.only_json
    assert source(DIGEST).only_json
