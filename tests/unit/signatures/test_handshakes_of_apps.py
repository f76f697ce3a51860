"""Notion, Smartcar, Oura, Front, Strava, RingCentral and others: what they ask when a URL is saved."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import Answer, Learn
from doorbell.domain.sources import Source
from doorbell.signatures.source_check import check_source
from tests.unit.signatures.cases import CASES
from tests.unit.signatures.test_handshakes import SECRET, ask, is_inert

TOKEN = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"


def test_notions_token_is_learnt_only_while_the_source_waits_for_it() -> None:
    body = json.dumps({"verification_token": TOKEN}).encode()
    learnt = ask("notion", method="POST", body=body, options={"awaits_handshake": "true"})
    assert isinstance(learnt, Learn)
    assert (learnt.secret, learnt.answer.status) == (TOKEN, 200)
    for options in ({}, {"awaits_handshake": "false"}):
        with pytest.raises(SignatureError, match="handshake_not_expected"):
            ask("notion", method="POST", body=body, options=options)


@pytest.mark.parametrize("token", ["short", "with blank in it 0123456789", 7, None, "x" * 300, "a,b" * 9])
def test_a_notion_token_of_no_sane_form_is_not_learnt(token: object) -> None:
    body = json.dumps({"verification_token": token}).encode()
    with pytest.raises(SignatureError, match="handshake_malformed"):
        ask("notion", method="POST", body=body, options={"awaits_handshake": "true"})


def test_a_notion_event_that_names_a_token_is_judged_by_its_signature() -> None:
    body = json.dumps({"verification_token": TOKEN, "id": "e1"}).encode()
    with pytest.raises(SignatureError, match="signature_missing"):
        ask("notion", method="POST", body=body, options={"awaits_handshake": "true"})
    signed = {"x-notion-signature": "sha256=00"}
    body = json.dumps({"verification_token": TOKEN}).encode()
    with pytest.raises(SignatureError, match="signature_m"):
        ask("notion", method="POST", body=body, headers=signed, options={"awaits_handshake": "true"})


def verify(challenge: object, place: str = "eventType") -> bytes:
    data = "data" if place == "eventType" else "payload"
    return json.dumps({place: "VERIFY", data: {"challenge": challenge}}).encode()


@pytest.mark.parametrize("place", ["eventType", "eventName"])
def test_smartcar_hears_the_hash_of_its_challenge(place: str) -> None:
    answer = ask("smartcar", method="POST", body=verify("f0c4e6ca-5f0b", place))
    assert isinstance(answer, Answer)
    digest = hmac.digest(SECRET.encode(), b"f0c4e6ca-5f0b", "sha256").hex()
    assert json.loads(answer.body) == {"challenge": digest}
    assert is_inert(answer)


@pytest.mark.parametrize("challenge", ['{"id":1}', "[]", "", "a b", "é", "x" * 300, 7, None])
def test_smartcar_hashes_nothing_that_could_be_an_event(challenge: object) -> None:
    with pytest.raises(SignatureError, match="handshake_malformed"):
        ask("smartcar", method="POST", body=verify(challenge))


@pytest.mark.parametrize("challenge", ["true", "null", "12345", "abc"])
def test_what_smartcar_was_answered_signs_no_event(challenge: str) -> None:
    """Played back: the challenge as a body, its answer as the signature."""
    answer = ask("smartcar", method="POST", body=verify(challenge))
    assert isinstance(answer, Answer)
    signature = {"sc-signature": json.loads(answer.body)["challenge"]}
    with pytest.raises(SignatureError):
        ask("smartcar", method="POST", body=challenge.encode(), headers=signature)


ASKED = {
    "oura": ("verification_token={}", "challenge={}", "challenge"),
    "strava": ("hub.mode=subscribe&hub.verify_token={}", "hub.challenge={}", "hub.challenge"),
}
"""Provider → how token and challenge come in the query, and what the challenge is called in the answer."""


@pytest.mark.parametrize("provider", ASKED)
def test_a_challenge_is_answered_for_the_right_token_only(provider: str) -> None:
    token, challenge, name = ASKED[provider]
    right = ask(provider, query=f"{token.format('tok')}&{challenge.format('c1')}", token="tok")
    assert isinstance(right, Answer)
    assert json.loads(right.body) == {name: "c1"}
    assert is_inert(right)
    for query, known in (
        (f"{token.format('other')}&{challenge.format('c1')}", "tok"),
        (f"{token.format('tok')}&{challenge.format('c1')}", None),
        (f"{token.format('tok')}", "tok"),
    ):
        refused = ask(provider, query=query, token=known)
        assert isinstance(refused, Answer)
        assert (refused.status, refused.body) == (403, "")


@pytest.mark.parametrize("provider", ASKED)
def test_a_source_whose_handshake_needs_a_token_must_refer_to_one(provider: str) -> None:
    source = Source("s", provider, secrets=("ssm:/x",), verify_token_ref="")
    with pytest.raises(ConfigError, match="verify_token_ref"):
        check_source(source)


def test_ringcentrals_validation_token_comes_back_in_its_header_and_nothing_else_does() -> None:
    answer = ask("ringcentral", method="POST", headers={"validation-token": "abc-123"})
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, answer.headers) == (200, "", {"validation-token": "abc-123"})
    for token in ("a b", "a,b", "x" * 300, "\u00e9"):
        with pytest.raises(SignatureError, match="handshake_malformed"):
            ask("ringcentral", method="POST", headers={"validation-token": token})
    both = {"validation-token": "abc", "verification-token": "wrong"}
    with pytest.raises(SignatureError, match="signature_mismatch"):
        ask("ringcentral", method="POST", headers=both, body=b"{}")


def test_sharepoint_gets_its_validation_token_back_in_a_form_that_is_no_page() -> None:
    answer = ask("sharepoint", method="POST", query="validationtoken=%3Cb%3E1")
    assert isinstance(answer, Answer)
    assert answer.body == "<b>1"
    assert is_inert(answer)


def test_adobes_client_id_comes_back_only_where_it_is_the_sources_own() -> None:
    answer = ask("adobe-sign", headers={"x-adobesign-clientid": SECRET})
    assert isinstance(answer, Answer)
    assert json.loads(answer.body) == {"xAdobeSignClientId": SECRET}
    other = ask("adobe-sign", headers={"x-adobesign-clientid": "another"})
    assert isinstance(other, Answer)
    assert (other.status, other.body) == (403, "")


def test_nylas_gets_its_challenge_back() -> None:
    answer = ask("nylas", query="challenge=c1")
    assert isinstance(answer, Answer)
    assert answer.body == "c1"


def test_onfleet_gets_its_check_back_in_a_form_that_is_no_page() -> None:
    answer = ask("onfleet", query="check=%3Cb%3E1")
    assert isinstance(answer, Answer)
    assert answer.body == "<b>1"
    assert is_inert(answer)


def test_fronts_challenge_is_answered_only_on_its_signed_sync() -> None:
    case = replace(CASES["front"], body=b'{"type":"sync"}', headers={"x-front-challenge": "c1"})
    answer = case.examine(case.signed())
    assert isinstance(answer, Answer)
    assert answer.body == "c1"
    assert is_inert(answer)
    other = replace(case, body=b'{"type":"inbound"}')
    assert isinstance(other.examine(other.signed()), VerifiedEvent)
    with pytest.raises(SignatureError):
        case.examine(case.signed(), secrets=["another"])


def test_linkedin_hears_the_hash_of_its_code() -> None:
    answer = ask("linkedin", query="challengeCode=890e4665-4dfe-4ab1")
    assert isinstance(answer, Answer)
    digest = hmac.digest(SECRET.encode(), b"890e4665-4dfe-4ab1", "sha256").hex()
    assert json.loads(answer.body) == {"challengeCode": "890e4665-4dfe-4ab1", "challengeResponse": digest}
    assert is_inert(answer)


@pytest.mark.parametrize("code", ["hmacsha256={}", "a=b", "{}", "a b", "x" * 300])
def test_linkedin_hashes_nothing_that_its_signatures_could_be_over(code: str) -> None:
    with pytest.raises(SignatureError, match="handshake_malformed"):
        ask("linkedin", query=urlencode({"challengeCode": code}))


def test_mondays_challenge_comes_back_alone() -> None:
    answer = ask("monday", method="POST", body=b'{"challenge":"3eZbrw1a"}')
    assert isinstance(answer, Answer)
    assert json.loads(answer.body) == {"challenge": "3eZbrw1a"}
    assert is_inert(answer)
    with pytest.raises(SignatureError, match="token_missing"):
        ask("monday", method="POST", body=b'{"challenge":"c","event":{}}')


def encrypted(value: object, key: str = SECRET) -> bytes:
    """As Feishu encrypts what it sends."""
    padder = PKCS7(128).padder()
    padded = padder.update(json.dumps(value).encode()) + padder.finalize()
    cipher = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(b"v" * 16)).encryptor()
    text = b64encode(b"v" * 16 + cipher.update(padded) + cipher.finalize()).decode()
    return json.dumps({"encrypt": text}).encode()


CHALLENGE = {"challenge": "ajls384kdjx98XX", "token": "v", "type": "url_verification"}


def test_feishus_encrypted_challenge_is_answered_in_the_clear() -> None:
    answer = ask("feishu", method="POST", body=encrypted(CHALLENGE))
    assert isinstance(answer, Answer)
    assert json.loads(answer.body) == {"challenge": "ajls384kdjx98XX"}
    assert is_inert(answer)


@pytest.mark.parametrize(
    "body",
    [
        encrypted(CHALLENGE, "another key"),
        encrypted({"challenge": "c", "type": "im.message.receive_v1"}),
        encrypted({"type": "url_verification"}),
        encrypted([]),
        b'{"encrypt":"AAAA"}',
        b'{"encrypt":"no base64"}',
        b'{"encrypt":""}',
    ],
)
def test_whatever_is_wrong_with_what_feishu_encrypted_is_told_alike(body: bytes) -> None:
    """Who sends it learns neither whether it could be decrypted nor what was in it."""
    with pytest.raises(SignatureError, match=r"^handshake_malformed$"):
        ask("feishu", method="POST", body=body)


def test_a_feishu_event_is_judged_by_its_signature_alone() -> None:
    case = replace(CASES["feishu"], body=encrypted(CHALLENGE, "a-shared-secret"))
    assert isinstance(case.examine(case.signed()), VerifiedEvent)
    with pytest.raises(SignatureError, match="signature_mismatch"):
        case.examine(replace(case.signed(), body=encrypted(CHALLENGE, "another")))
    with pytest.raises(SignatureError, match="signature_missing"):
        ask("feishu", method="POST", body=b'{"type":"url_verification","challenge":"in the clear"}')
