"""What the rarer parts of the scheme language take, and what they do not."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.schemes.keccak import MAX_BYTES, keccak256
from doorbell.signatures.schemes.rewritten import rewritten
from doorbell.signatures.signing.request import sign_request
from tests.unit.signatures.cases import CASES, NOW, URL, ec_pair, rsa_pair

KEY = b"k"


def event(scheme: dict[str, Any], headers: dict[str, str], body: bytes, query: str = "") -> VerifiedEvent:
    request = RawRequest("POST", f"https://h.test/in/s?{query}", "/in/s", query, headers, body)
    source = Source("s", "hmac", secrets=("ssm:/x",), scheme=scheme)
    found = Gate().examine(source, request, ["k"], verify_token=None, ingest_id="i", now=NOW)
    assert isinstance(found, VerifiedEvent)
    return found


def refusal(scheme: dict[str, Any], headers: dict[str, str], body: bytes, query: str = "") -> str:
    with pytest.raises(SignatureError) as caught:
        event(scheme, headers, body, query)
    return caught.value.reason


def hmac_of(message: bytes, name: str = "sha256") -> str:
    return hmac.digest(KEY, message, name).hex()


EITHER: dict[str, Any] = {
    "signature": {"header": "s", "packing": "pairs", "key": "v1"},
    "message": ["text:new.", "body"],
    "otherwise": {"signature": {"header": "s", "packing": "pairs", "key": "v0"}},
}


def test_the_other_scheme_counts_only_where_the_first_has_no_signature() -> None:
    old, new = hmac_of(b"{}"), hmac_of(b"new.{}")
    assert event(EITHER, {"s": f"v0={old}"}, b"{}")
    assert event(EITHER, {"s": f"v0=00,v1={new}"}, b"{}")
    assert refusal(EITHER, {"s": f"v0={old},v1={old}"}, b"{}") == "signature_mismatch"


NAMED: dict[str, Any] = {
    "signature": {"header": "s"},
    "algorithms": {"A": "hmac-sha256", "B": "hmac-sha512"},
    "algorithm_from": "header:alg",
}


def test_a_request_chooses_among_the_listed_algorithms_alone() -> None:
    assert event(NAMED, {"s": hmac_of(b"{}"), "alg": "A"}, b"{}")
    assert event(NAMED, {"s": hmac_of(b"{}", "sha512"), "alg": "B"}, b"{}")
    assert refusal(NAMED, {"s": hmac_of(b"{}"), "alg": "B"}, b"{}") == "signature_mismatch"
    assert refusal(NAMED, {"s": hmac_of(b"{}", "md5"), "alg": "MD5"}, b"{}") == "algorithm_not_allowed"
    assert refusal(NAMED, {"s": hmac_of(b"{}")}, b"{}") == "signature_missing"


def test_any_of_several_bare_signatures_proves_and_none_may_come_twice() -> None:
    scheme = {"signature": {"header": "s", "packing": "list"}}
    good, bad = hmac_of(b"{}"), hmac_of(b"[]")
    assert event(scheme, {"s": f"{bad},{good}"}, b"{}")
    assert refusal(scheme, {"s": f"{good},{good}"}, b"{}") == "signature_duplicated"
    assert refusal(scheme, {"s": bad}, b"{}") == "signature_mismatch"
    assert refusal(scheme, {"s": ",".join(f"{n:064x}" for n in range(40))}, b"{}") == "signature_malformed"


def test_hex_in_any_case_is_taken_only_where_the_scheme_says_so() -> None:
    upper = {"s": hmac_of(b"{}").upper()}
    assert event({"signature": {"header": "s", "encoding": "hex-any"}}, upper, b"{}")
    assert refusal({"signature": {"header": "s"}}, upper, b"{}") == "signature_mismatch"


def test_a_prefix_may_be_left_out_only_where_the_scheme_says_so() -> None:
    bare = {"s": hmac_of(b"{}")}
    assert event({"signature": {"header": "s", "prefix": "sha256=", "bare": True}}, bare, b"{}")
    assert refusal({"signature": {"header": "s", "prefix": "sha256="}}, bare, b"{}") == "signature_malformed"


def test_a_form_is_proven_by_its_payload_only_if_it_has_nothing_else() -> None:
    scheme = {"signature": {"header": "s"}, "body_forms": "payload"}
    headers = {"s": hmac_of(b'{"a":1}')}
    assert event(scheme, headers, b"payload=%7B%22a%22%3A1%7D")
    assert event(scheme, headers, b'{"a":1}')
    for body in (b"payload=%7B%22a%22%3A1%7D&admin=1", b"payload=%7B%22a%22%3A1%7D&payload=1", b"a=1"):
        assert refusal(scheme, headers, body) == "signature_mismatch"


SOME: dict[str, Any] = {
    "signature": {"body": "sig"},
    "message": ["body:id", "text:@", "body:at"],
    "binds_body": False,
}


def signed_part(**more: object) -> bytes:
    return json.dumps({"id": 7, "at": "t", "sig": hmac_of(b"7@t"), **more}).encode()


def test_what_is_not_signed_makes_no_other_event_of_the_same_proof() -> None:
    first = event(SOME, {}, signed_part(amount=1))
    assert event(SOME, {}, signed_part(amount=9)).event_id == first.event_id
    assert refusal(SOME, {}, signed_part(id=8)) == "signature_mismatch"
    assert refusal(SOME, {}, b'{"sig":"x"}') == "part_missing"
    assert refusal(SOME, {}, b"{}") == "signature_missing"


def test_a_time_inside_the_signed_body_is_judged() -> None:
    scheme = {"signature": {"header": "s"}, "timestamp": {"body": "ms", "unit": "ms", "tolerance": 60}}
    for seconds, reason in ((0, ""), (61, "timestamp_out_of_tolerance"), (-61, "timestamp_out_of_tolerance")):
        body = json.dumps({"ms": int((NOW - seconds) * 1000)}).encode()
        headers = {"s": hmac_of(body)}
        assert refusal(scheme, headers, body) == reason if reason else event(scheme, headers, body)
    assert refusal(scheme, {"s": hmac_of(b"{}")}, b"{}") == "timestamp_missing"


@pytest.mark.parametrize(
    ("unit", "text", "is_taken"),
    [
        ("date", "Mon, 24 Nov 2025 16:00:00 GMT", True),
        ("date", "2025-11-24T16:00:00Z", True),
        ("date", "Mon, 24 Nov 2025 16:10:00 GMT", False),
        ("date", "Mon, 24 Nov 2025 16:00:00 -0000", False),
        ("date", "yesterday", False),
    ],
)
def test_a_date_is_read_as_http_writes_it(unit: str, text: str, is_taken: bool) -> None:
    scheme = {
        "signature": {"header": "s"},
        "timestamp": {"header": "t", "unit": unit},
        "message": ["timestamp", "body"],
    }
    headers = {"s": hmac_of(text.encode() + b"{}"), "t": text}
    assert event(scheme, headers, b"{}") if is_taken else refusal(scheme, headers, b"{}")


def test_any_future_is_taken_only_where_the_scheme_says_so() -> None:
    stamp = str(int(NOW) + 86_400)
    headers = {"s": hmac_of(f"{stamp}{{}}".encode()), "t": stamp}
    time = {"header": "t", "tolerance": 60}
    scheme = {"signature": {"header": "s"}, "timestamp": time, "message": ["timestamp", "body"]}
    assert refusal(scheme, headers, b"{}") == "timestamp_out_of_tolerance"
    assert event({**scheme, "timestamp": {**time, "ahead": "any"}}, headers, b"{}")


def test_query_parameters_cannot_be_split_in_another_way() -> None:
    case = CASES["shopware.get"]
    request = replace(case.signed(), raw_query="")
    text = "a=1&b=2"
    signature = hmac.digest(case.stored.encode(), text.encode(), "sha256").hex()
    for query, is_taken in (("a=1&b=2", True), ("a=1%26b%3D2", False), ("a%3D1%26b=2", False)):
        sent = replace(request, raw_query=f"{query}&shopware-shop-signature={signature}")
        if is_taken:
            assert isinstance(case.examine(sent), VerifiedEvent)
            continue
        with pytest.raises(SignatureError):
            case.examine(sent)


def test_a_body_is_looked_into_without_expanding_anything() -> None:
    xml = b"<xml><A><![CDATA[x]]></A><B>y</B><C><D>z</D></C><B>y</B><E>&lt;</E></xml>"
    assert [text_at(xml, name) for name in "ABCDE"] == ["x", None, None, "z", None]
    assert text_at(b"a=1&b=2&b=3&j=%7B%22x%22%3A%7B%22y%22%3A5%7D%7D", "j.x.y") == "5"
    assert [text_at(b"a=1&b=2&b=3", name) for name in "ab"] == ["1", None]
    assert text_at(b'{"a":[1],"b":{"c":true}}', "b.c") == "true"
    assert text_at(b'{"a":[1]}', "a.0") is None
    assert text_at(b"\xff\xfe", "a") is None


@pytest.mark.parametrize(
    ("body", "compact"),
    [
        (b'{ "b": 1.50, "a": 1e2, "10": 0, "2": -0.0 }', '{"2":0,"10":0,"b":1.5,"a":100}'),
        (b'["\\u00e9", "a\\/b", 1e21, 1e-7, 12345678901234567890]',
         '["é","a/b",1e+21,1e-7,12345678901234567000]'),
        (b"[true,null,0.000001,123456789.125]", "[true,null,0.000001,123456789.125]"),
    ],
)  # fmt: skip
def test_json_is_written_anew_as_javascript_writes_it(body: bytes, compact: str) -> None:
    assert rewritten("compact", body) == compact.encode()


def test_json_with_sorted_keys_is_sorted_all_the_way_down() -> None:
    assert rewritten("sorted", b'{"b":[{"z":1,"y":2}],"a":0}') == b'{"a":0,"b":[{"y":2,"z":1}]}'


@given(st.binary(max_size=40))
def test_what_is_no_json_is_written_in_no_other_way(body: bytes) -> None:
    found = rewritten("compact", body)
    assert found is None or isinstance(json.loads(found), object)


def test_a_rewritten_body_is_tried_after_the_raw_one_and_nothing_else_is() -> None:
    scheme = {"signature": {"header": "s"}, "body_forms": "compact"}
    body = b'{ "a": 1.0 }'
    for signed, is_taken in ((body, True), (b'{"a":1}', True), (b'{"a":1.0}', False), (b'{"a": 1}', False)):
        headers = {"s": hmac_of(signed)}
        assert event(scheme, headers, body) if is_taken else refusal(scheme, headers, body)


def test_keccak_is_ethereums_hash() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() == empty
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert keccak256(b"x" * 136) != keccak256(b"x" * 135)
    with pytest.raises(SignatureError, match="body_too_large"):
        keccak256(b"x" * (MAX_BYTES + 1))


def test_an_rsa_key_is_taken_as_key_or_certificate_and_not_if_it_is_short() -> None:
    case = CASES["wise"]
    request = case.signed()
    assert isinstance(case.examine(request, secrets=[rsa_pair()[1].decode()]), VerifiedEvent)
    for other in (ec_pair()[1], short_key(), "MIIB"):
        with pytest.raises(SignatureError):
            case.examine(request, secrets=[other])


def short_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = rsa.generate_private_key(65537, 1024).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_one_of_several_signed_headers_missing_is_refused() -> None:
    case = CASES["hook0"]
    request = case.signed()
    gone = {name: text for name, text in request.headers.items() if name != "x-event-id"}
    with pytest.raises(SignatureError, match="part_missing"):
        case.examine(replace(request, headers=gone))


def test_a_secret_of_two_forms_proves_in_either() -> None:
    secret = "whsec_" + b64encode(b"0123456789abcdefghij").decode()
    for key in (secret.encode(), b"0123456789abcdefghij"):
        stamp = str(int(NOW))
        digest = hmac.digest(key, f"m1.{stamp}.{{}}".encode(), "sha256")
        headers = {
            "webhook-id": "m1", "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{b64encode(digest).decode()}",
        }  # fmt: skip
        request = RawRequest("POST", URL, "/in/s", "", headers, b"{}")
        assert isinstance(CASES["polar"].examine(request, secrets=[secret]), VerifiedEvent)


def test_signing_knows_the_first_of_several_algorithms() -> None:
    request = sign_request("payu", "k", url=URL, body=b"{}", now=NOW)
    assert request.headers["openpayu-signature"].startswith("algorithm=MD5;signature=")
    assert hashlib.md5(b"{}k", usedforsecurity=False).hexdigest() in request.headers["openpayu-signature"]
