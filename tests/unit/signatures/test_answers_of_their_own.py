"""DingTalk wants each answer encrypted and signed.

Known answers: `SUCCESS` as `dingtalk-encrypt` 1.2.3 (npm) and `wechatpy` 1.8.18 (PyPI) both make it, `EVENT`
and `CHECK_URL` of the latter; `SUITE` of the guide, `SAMPLE` of open-dingtalk/DingTalk-Callback-Crypto.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Ack, Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.special.enveloped import opened, sealed
from tests.unit.signatures.cases import NOW

TOKEN, OWNER, TIME, NONCE = "123456", b"suite4xxxxxxxxxxxxxxx", "1445827045067", "nEXhMP4r"
AES_KEY = "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij"
RANDOM = b"aaaabbbbccccdddd"
SUCCESS = "t5BhzMl4vwWDGqbT+PBJEQ864I8Yet7AmifbxRHIUY3Gokshny9LC+jKYwKsveoFbilBD5qI8U0brkEo6DMkTw=="
SUITE = (
    "5a65ceeef9aab2d149439f82dc191dd6c5cbe2c0",
    "1a3NBxmCFwkCJvfoQ7WhJHB+iX3qHPsc9JbaDznE1i03peOk1LaOQoRz3+nlyGNhwmwJ3vDMG+OzrHMeiZI7gTRWVdUBmfxjZ8Ej23JV"
    "Ya9VrYeJ5as7XM/ZpulX8NEQis44w53h1qAgnC3PRzM7Zc/D6Ibr0rgUathB6zRHP8PYrfgnNOS9PhSBdHlegK+AGGanfwjXuQ9+0pZc"
    "y0w9lQ==",
)
CHECK_URL = (
    "4cda2cb65d58f850c7a71f6182495f4c2d590934",
    "yQ9sOAHKHdJTpbmLuI5vQF18+JHlnApeBqeK9WpjChOUrKARTQsBJVMiqVG/K34djsR9s1VETgFLO7Y29jTSHxCdSXBpbfUxQErTbCg7"
    "/rn9QYuzrXTdNfXpk56/cVgc",
)
EVENT = (
    "e3ae5b6c657dd350d2e16ac65d7c91cba15d33bf",
    "4FJLLqIldQF/BZ7EUrtfSLYNgZ8X5ihUfTZ4Bt4GAVi5S7D1b4105EIEx2S1ZSuuq5lrNpnKFSMLeAPDZOPT4nD5cx2APGwceBqo7QgZ"
    "Tn82DL1aKE4ndo1FMk8zi+9B",
)
SAMPLE = (
    "03044561471240d4a14bb09372dfcfd4fd0e40cb",
    "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhE"
    "LOFchzNukR+t8SB/qk4ROMu3",
)
SAMPLES_SECRETS = ("mryue", "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7")
PLAIN = Answer(200, "", "text/plain")
BOTH = (TOKEN, AES_KEY)
SOURCE = Source("s", "dingtalk.events", secrets=("ssm:/token", "ssm:/aes-key"))


def rung(signature: str, encrypted: str, *, time: str = TIME, nonce: str = NONCE) -> RawRequest:
    query = urlencode({"msg_signature": signature, "timestamp": time, "nonce": nonce})
    body = json.dumps({"encrypt": encrypted}).encode()
    return RawRequest("POST", f"https://h.test/in/s?{query}", "/in/s", query, {}, body)


def examined(request: RawRequest, known: Sequence[str] = BOTH) -> VerifiedEvent | Several | Answer | Learn:
    return Gate().examine(SOURCE, request, known, verify_token=None, ingest_id="i", now=NOW)


def acked(request: RawRequest, known: Sequence[str] = BOTH, source: Source = SOURCE) -> Answer:
    return Gate().ack(source, request, lambda: known)


def said(answer: Answer) -> str:
    """What DingTalk reads in an answer that is signed as its guide says."""
    body = json.loads(answer.body)
    parts = sorted([TOKEN, body["timeStamp"], body["nonce"], body["encrypt"]])
    assert body["msg_signature"] == hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    found = opened(body["encrypt"], AES_KEY)
    assert found is not None
    assert found[1] == OWNER
    return found[0].decode()


def test_what_is_sealed_is_what_dingtalks_own_package_makes() -> None:
    assert sealed(b"success", OWNER, AES_KEY, RANDOM) == SUCCESS
    assert opened(SUCCESS, AES_KEY) == (b"success", OWNER)


def test_a_check_of_the_url_is_answered_and_is_no_event() -> None:
    answer = examined(rung(*CHECK_URL))
    assert isinstance(answer, Answer)
    assert (answer.status, answer.content_type, said(answer)) == (200, "application/json", "success")


def test_the_check_of_dingtalks_own_sample_is_answered() -> None:
    request = rung(*SAMPLE, time="1608001896814", nonce="WL4PK6yA")
    answer = examined(request, SAMPLES_SECRETS)
    assert isinstance(answer, Answer)
    assert opened(json.loads(answer.body)["encrypt"], SAMPLES_SECRETS[1]) == (
        b"success",
        b"ding6ccabc44d2c8d38b",
    )


def test_a_check_of_a_suites_url_gets_its_random_back() -> None:
    answer = examined(rung(*SUITE))
    assert isinstance(answer, Answer)
    assert said(answer) == "LPIdSnlF"


def test_an_event_is_taken_and_its_answer_says_success() -> None:
    assert isinstance(examined(rung(*EVENT)), VerifiedEvent)
    answer = acked(rung(*EVENT))
    assert (answer.status, answer.content_type, said(answer)) == (200, "application/json", "success")


def test_no_two_answers_are_encrypted_alike() -> None:
    assert acked(rung(*EVENT)).body != acked(rung(*EVENT)).body


def test_while_the_token_is_rotated_the_answer_is_signed_with_the_requests_own() -> None:
    assert said(acked(rung(*EVENT), ("new-token", TOKEN, AES_KEY))) == "success"


@pytest.mark.parametrize("known", [(TOKEN,), (TOKEN, "A" * 43), (TOKEN, "-" * 43)])
def test_without_the_key_that_opens_it_an_event_is_taken_with_the_plain_answer(known: Sequence[str]) -> None:
    assert isinstance(examined(rung(*EVENT), known), VerifiedEvent)
    assert isinstance(examined(rung(*CHECK_URL), known), VerifiedEvent)
    assert acked(rung(*EVENT), known) == PLAIN


def test_the_sources_own_ack_goes_before() -> None:
    own = replace(SOURCE, ack=Ack(204))
    assert acked(rung(*EVENT), source=own) == replace(PLAIN, status=204)


@pytest.mark.parametrize("encrypted", [CHECK_URL, SUITE, EVENT])
def test_what_is_not_signed_is_not_answered(encrypted: tuple[str, str]) -> None:
    signature, text = encrypted
    other = rung(signature[:-1] + ("0" if signature[-1] != "0" else "1"), text)
    for request in (other, rung(signature, text, nonce="other"), rung(signature, SUCCESS)):
        with pytest.raises(SignatureError, match="signature_mismatch"):
            examined(request)
        assert acked(request) == PLAIN


def test_an_answer_that_comes_back_as_a_request_is_the_same_event_again() -> None:
    answer = json.loads(acked(rung(*EVENT)).body)
    first, back = examined(rung(*EVENT)), examined(rung(answer["msg_signature"], answer["encrypt"]))
    assert isinstance(first, VerifiedEvent)
    assert isinstance(back, VerifiedEvent)
    assert back.event_id == first.event_id


@pytest.mark.parametrize("text", ["", "AAAA", "=", "A" * 64, "ä"])
def test_what_is_no_sealed_message_is_opened_by_nothing(text: str) -> None:
    assert opened(text, AES_KEY) is None


@pytest.mark.parametrize("length", [8, 2**31, 2**32 - 1])
def test_a_message_that_says_it_is_longer_than_what_came_is_not_opened(length: int) -> None:
    key = b64decode(AES_KEY + "=")
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    plain = RANDOM + length.to_bytes(4) + b"success"
    padded = plain + bytes([32 - len(plain)]) * (32 - len(plain))
    assert opened(b64encode(cipher.update(padded)).decode(), AES_KEY) is None
