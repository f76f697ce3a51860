"""Schemes that a source declares itself."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.gate import Gate
from doorbell.signatures.schemes.declared import parse_scheme
from doorbell.signatures.schemes.scheme import Scheme
from doorbell.signatures.signing.request import sign_request
from doorbell.signatures.special import declared as special
from tests.unit.signatures.cases import NOW

PLAIN = {"signature": {"header": "X-Sig"}}


def examine(scheme: object, request: RawRequest) -> object:
    source = Source("s", "hmac", secrets=("ssm:/x",), scheme=scheme)  # type: ignore[arg-type]
    return Gate().examine(source, request, ["k"], verify_token=None, ingest_id="i", now=NOW)


@pytest.mark.parametrize(
    ("encoding", "spell"),
    [
        ("hex", lambda raw: raw.hex()),
        ("hex-upper", lambda raw: raw.hex().upper()),
        ("base64", lambda raw: b64encode(raw).decode()),
        ("base64url", lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")),
        ("base64url-padded", lambda raw: urlsafe_b64encode(raw).decode()),
    ],
)
def test_declared_encoding_is_the_one_that_is_taken(encoding: str, spell: Callable[[bytes], str]) -> None:
    """Over a body whose digest is written otherwise in each of them."""
    body = b"body 51"
    raw = hmac.digest(b"k", body, "sha256")
    assert {"+", "/"} & set(b64encode(raw).decode())
    for name in ("hex", "hex-upper", "base64", "base64url", "base64url-padded"):
        scheme = {"signature": {"header": "X-Sig", "encoding": name}}
        request = RawRequest("POST", "https://h.test/in/s", "/in/s", "", {"x-sig": spell(raw)}, body)
        if name == encoding:
            assert isinstance(examine(scheme, request), VerifiedEvent)
        else:
            with pytest.raises(SignatureError, match="signature_mismatch"):
                examine(scheme, request)


@pytest.mark.parametrize(
    "scheme",
    [
        PLAIN,
        {"signature": {"header": "X-Sig", "encoding": "base64"}, "algorithm": "hmac-sha512"},
        {"signature": {"query": "sig", "encoding": "base64url"}},
        {
            "signature": {"header": "S", "packing": "pairs", "key": "v1", "separator": ";"},
            "timestamp": {"pair": "t", "tolerance": 60},
            "message": ["timestamp", "text:.", "body"],
        },
        {
            "signature": {"header": "S", "packing": "spaced", "key": "v1", "encoding": "base64"},
            "timestamp": {"header": "T", "unit": "rfc3339"},
            "message": ["method", "path", "timestamp", "header:X-Id", "body"],
        },
        {
            "signature": {"header": "S"},
            "timestamp": {"query": "ts", "unit": "ms"},
            "message": ["timestamp", "body"],
        },
        PLAIN | {"required": {"X-Version": "2"}},
        {"signature": {"header": "X-Sig", "encoding": "hex-upper"}},
        {"signature": {"header": "X-Sig", "encoding": "base64url-padded"}, "algorithm": "hmac-sha384"},
        {"signature": {"header": "X-Sig", "prefix": "sha256=", "bare": True, "encoding": "hex-any"}},
        {"signature": {"header": "S", "packing": "list"}, "key": "nfkd"},
        {
            "signature": {"header": "S", "packing": "list", "separator": "."},
            "timestamp": {"pair": "first", "unit": "ms"},
            "message": ["timestamp", "text:.", "body"],
        },
        {
            "signature": {"header": "S", "packing": "json64", "key": "sig", "encoding": "base64"},
            "key": "sha256",
        },
        {"signature": {"header": "S", "packing": "pairs", "key": "s0|s1"}, "key": "whsec-or-text"},
        {
            "signature": {"body": "proof.sig"},
            "message": ["body:id", "text:@", "body:at"],
            "binds_body": False,
        },
        {"signature": {"header": "S"}, "timestamp": {"body": "sent_ms", "unit": "ms"}},
        {
            "signature": {"header": "S"},
            "timestamp": {"header": "T", "unit": "date", "ahead": "any"},
            "message": ["body", "timestamp"],
        },
        {"signature": {"header": "S"}, "algorithm": "sha512", "message": ["body", "secret"], "weak": True},
        {"signature": {"header": "S"}, "algorithm": "hmac-md5", "weak": True},
        {"signature": {"header": "S"}, "message": ["digest:sha256:hex"]},
        {"signature": {"header": "S"}, "message": ["encoded:base64", "pathname", "maybe:id={query:id};"]},
        {"signature": {"header": "S"}, "message": ["secret", "body", "query:a"], "sorted": True},
        {
            "signature": {"header": "S", "packing": "pairs", "key": "v1"},
            "message": ["pair:h", "text:.", "headers:h", "text:.", "body"],
            "otherwise": PLAIN,
        },
        {
            "signature": {"header": "S"},
            "algorithms": {"SHA512": "hmac-sha512", "SHA256": "hmac-sha256"},
            "algorithm_from": "header:X-Alg",
        },
        {
            "signature": {"header": "S", "packing": "pairs", "key": "sig", "separator": ";"},
            "algorithms": {"MD5": "md5"},
            "algorithm_from": "pair:alg",
            "message": ["body", "secret"],
            "weak": True,
        },
    ],
)
def test_declared_scheme_accepts_what_it_signs_and_nothing_else(scheme: dict[str, Any]) -> None:
    request = sign_request("hmac", "k", url="https://h.test/in/s?a=1", body=b"{}", now=NOW, scheme=scheme)
    assert isinstance(examine(scheme, request), VerifiedEvent)
    other = sign_request("hmac", "other", url="https://h.test/in/s?a=1", body=b"{}", now=NOW, scheme=scheme)
    with pytest.raises(SignatureError):
        examine(scheme, other)


def test_declared_digest_is_plain_hmac() -> None:
    headers = {"x-sig": hmac.digest(b"k", b"{}", "sha256").hex()}
    request = RawRequest("POST", "https://h.test/in/s", "/in/s", "", headers, b"{}")
    assert isinstance(examine(PLAIN, request), VerifiedEvent)


@pytest.mark.parametrize(
    ("scheme", "field"),
    [
        (None, "scheme"),
        ([], "scheme"),
        ({}, "scheme.signature"),
        ({"signature": "x"}, "scheme.signature"),
        ({"signature": {}}, "scheme.signature.header"),
        ({"signature": {"header": "a", "query": "b"}}, "scheme.signature.header"),
        ({"signature": {"header": 7}}, "scheme.signature.header"),
        ({"signature": {"header": "a", "encoding": "base32"}}, "scheme.signature.encoding"),
        ({"signature": {"header": "a", "packing": "pairs"}}, "scheme.signature.key"),
        ({"signature": {"header": "a", "sep": ","}}, "scheme.signature.sep"),
        (PLAIN | {"algorithm": "md5"}, "scheme.algorithm"),
        (PLAIN | {"key": "rot13"}, "scheme.key"),
        (PLAIN | {"message": []}, "scheme.message"),
        (PLAIN | {"message": ["body", "cookie"]}, "scheme.message"),
        (PLAIN | {"message": ["url"]}, "scheme.message"),
        (PLAIN | {"message": ["timestamp", "body"]}, "scheme.message"),
        (PLAIN | {"timestamp": {"header": "t"}}, "scheme.message"),
        (PLAIN | {"timestamp": {"header": "t", "unit": "h"}}, "scheme.timestamp.unit"),
        (PLAIN | {"timestamp": {"header": "t", "tolerance": 0}}, "scheme.timestamp.tolerance"),
        (PLAIN | {"timestamp": {"header": "t", "tolerance": "x"}}, "scheme.timestamp.tolerance"),
        (PLAIN | {"timestamp": {"pair": "t"}, "message": ["timestamp", "body"]}, "scheme.timestamp.pair"),
        (PLAIN | {"required": ["a"]}, "scheme.required"),
        (PLAIN | {"url_forms": "any"}, "scheme.url_forms"),
        (PLAIN | {"message": ["body:id"]}, "scheme.message"),
        (PLAIN | {"binds_body": False}, "scheme.binds_body"),
        (PLAIN | {"binds_body": "no"}, "scheme.binds_body"),
        (PLAIN | {"message": ["secret", "text:x"], "binds_body": False}, "scheme.message"),
        (PLAIN | {"message": ["body", "option:x"]}, "scheme.message"),
        (PLAIN | {"message": ["body", "maybe:a{secret}"]}, "scheme.message"),
        (PLAIN | {"message": ["body", "digest:crc:hex"]}, "scheme.message"),
        (PLAIN | {"message": ["body", "pair:h"]}, "scheme.message"),
        (PLAIN | {"message": ["body", ["text:x"]]}, "scheme.message"),
        (PLAIN | {"weak": True}, "scheme.weak"),
        (PLAIN | {"algorithm": "hmac-md5"}, "scheme.algorithm"),
        (PLAIN | {"algorithm": "rsa-sha1", "key": "spki"}, "scheme.algorithm"),
        (PLAIN | {"algorithm": "sha256", "weak": True}, "scheme.message"),
        (PLAIN | {"algorithm": "rsa-sha256"}, "scheme.key"),
        (PLAIN | {"algorithm": "ed25519", "key": "text"}, "scheme.key"),
        (PLAIN | {"key": "spki"}, "scheme.key"),
        (PLAIN | {"algorithm": "rsa-sha256", "key": "spki", "message": ["body", "secret"]}, "scheme.message"),
        (PLAIN | {"algorithms": {"A": "hmac-sha256"}}, "scheme.algorithm_from"),
        (PLAIN | {"algorithms": {"A": "rot13"}, "algorithm_from": "header:x"}, "scheme.algorithms"),
        (PLAIN | {"algorithms": {"A": "hmac-sha256"}, "algorithm_from": "x"}, "scheme.algorithm_from"),
        (
            PLAIN | {"algorithms": {"A": "hmac-sha256", "B": "ed25519"}, "algorithm_from": "header:x"},
            "scheme.algorithms",
        ),
        (PLAIN | {"body_forms": "pretty"}, "scheme.body_forms"),
        (PLAIN | {"otherwise": {"signature": {}}}, "scheme.otherwise.signature.header"),
        (PLAIN | {"otherwise": PLAIN | {"otherwise": PLAIN}}, "scheme.otherwise"),
        ({"signature": {"header": "a", "separator": "."}}, "scheme.signature.separator"),
        ({"signature": {"header": "a", "body": "b"}}, "scheme.signature.header"),
        (PLAIN | {"timestamp": {"header": "t", "ahead": -1}, "message": ["timestamp", "body"]},
         "scheme.timestamp.ahead"),
        (PLAIN | {"colour": "red"}, "scheme.colour"),
    ],
)  # fmt: skip
def test_broken_declaration_is_named_with_its_field(scheme: object, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_scheme("src", scheme)
    assert (caught.value.item, caught.value.field) == ("src", field)


def test_broken_declaration_at_run_time_refuses() -> None:
    with pytest.raises(SignatureError) as caught:
        examine({"signature": {}}, RawRequest("POST", "https://h.test/", "/", "", {}, b""))
    assert caught.value.reason == "source_misconfigured"


def test_a_declaration_is_read_once_while_its_source_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def parse(item: str, value: object) -> Scheme:
        asked.append(value)
        return parse_scheme(item, value)

    monkeypatch.setattr(special, "parse_scheme", parse)
    body = b'{"a":1}'
    first, second = ({"signature": {"header": name}} for name in ("x-first", "x-second"))
    for declaration in (first, first, second, dict(first)):
        name = declaration["signature"]["header"]
        headers = {name: hmac.new(b"secret", body, hashlib.sha256).hexdigest()}
        request = RawRequest("POST", "https://a.example/in/acme", "/in/acme", "", headers, body)
        special.check(Claim(Source("acme", "hmac", scheme=declaration), request, ("secret",), 0.0, {}))
    assert asked == [first, second, first]
