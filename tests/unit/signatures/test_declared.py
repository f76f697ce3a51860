"""Schemes that a source declares itself."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.declared import parse_scheme
from doorbell.signatures.gate import Gate
from doorbell.signatures.scheme import Scheme
from doorbell.signatures.signer import sign_request
from doorbell.signatures.special import declared as special
from tests.unit.signatures.cases import NOW

PLAIN = {"signature": {"header": "X-Sig"}}


def examine(scheme: object, request: RawRequest) -> object:
    source = Source("s", "hmac", secrets=("ssm:/x",), scheme=scheme)  # type: ignore[arg-type]
    return Gate().examine(source, request, ["k"], verify_token=None, ingest_id="i", now=NOW)


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
