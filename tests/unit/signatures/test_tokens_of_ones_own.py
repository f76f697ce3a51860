"""JWS and JWT in sources of one's own: a detached signature of the body, and a body that is a token.

The examples of RFC 7797 and RFC 7519 are among `tests/vectors/own_vectors.json`.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from jwt.utils import der_to_raw_signature, raw_to_der_signature

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import DEFAULT_WINDOW_HOURS, VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Dedupe, EventTypeAt, Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from tests.unit.signatures.cases import NOW, URL, ec_pair, with_header

PRIVATE, PUBLIC = ec_pair()
BODY = b'{"id":"evt_1","type":"order.created"}'
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def source(provider: str, **options: str) -> Source:
    return Source("acme", provider, secrets=("ssm:/x",), options={"algorithms": "ES256", **options})


def signed(
    provider: str, secret: str = PRIVATE, body: bytes = BODY, now: float = NOW, **options: str
) -> RawRequest:
    return sign_request(
        provider, secret, url=URL, body=body, now=now, options={"algorithms": "ES256", **options}
    )


def taken(own: Source, request: RawRequest, secret: str = PUBLIC, now: float = NOW) -> VerifiedEvent:
    event = Gate().examine(own, request, [secret], verify_token=None, ingest_id="in", now=now)
    assert isinstance(event, VerifiedEvent)
    return event


def refusal(own: Source, request: RawRequest, secret: str = PUBLIC, now: float = NOW) -> str:
    with pytest.raises(SignatureError) as caught:
        taken(own, request, secret, now)
    return caught.value.reason


def test_a_detached_signature_that_says_when_is_the_same_event_for_as_long_as_it_is_good() -> None:
    """Five days behind and five ahead; one that never ages may come again and mean it."""
    wide = 5 * 24 * 3600
    own = replace(source("jws", issued="iat"), tolerance_seconds=wide)
    assert taken(own, signed("jws", issued="iat")).dedupe_window_seconds == 2 * wide
    ageless = replace(source("jws"), tolerance_seconds=wide)
    assert taken(ageless, signed("jws")).dedupe_window_seconds == DEFAULT_WINDOW_HOURS * 3600


@pytest.mark.parametrize("payload", ["raw", "encoded"])
def test_a_detached_signature_is_of_the_body_to_its_last_byte(payload: str) -> None:
    own, request = source("jws", payload=payload), signed("jws", payload=payload)
    assert taken(own, request).body == BODY
    assert refusal(own, replace(request, body=BODY + b"\n")) == "signature_mismatch"
    assert refusal(own, replace(request, body=b"")) == "signature_mismatch"
    other = source("jws", payload={"raw": "encoded", "encoded": "raw"}[payload])
    assert refusal(other, request) == "token_malformed"


@pytest.mark.parametrize(
    ("payload", "header"),
    [
        ("raw", {"b64": False}),
        ("raw", {"b64": False, "crit": ["b64", "exp"]}),
        ("raw", {"b64": 0, "crit": ["b64"]}),
        ("raw", {"crit": ["b64"]}),
        ("encoded", {"b64": False, "crit": ["b64"]}),
        ("encoded", {"crit": ["exp"], "exp": 1}),
        ("encoded", {"b64": "true"}),
    ],
)
def test_what_is_critical_is_known_or_the_token_is_nobodys(payload: str, header: dict[str, Any]) -> None:
    import hmac
    import json

    head = urlsafe_b64encode(json.dumps({"alg": "HS256", **header}).encode()).decode().rstrip("=")
    said = BODY if payload == "raw" else urlsafe_b64encode(BODY).rstrip(b"=")
    mac = (
        urlsafe_b64encode(hmac.digest(b"s" * 32, head.encode() + b"." + said, "sha256")).decode().rstrip("=")
    )
    own = source("jws", algorithms="HS256", payload=payload)
    request = with_header(signed("jws"), "x-jws-signature", f"{head}..{mac}")
    assert refusal(own, request, "s" * 32) == "token_malformed"


@pytest.mark.parametrize("payload", ["raw", "encoded"])
def test_a_token_that_has_a_payload_is_not_detached(payload: str) -> None:
    """Nobody signed it."""
    own, request = source("jws", payload=payload), signed("jws", payload=payload)
    token = request.headers["x-jws-signature"].replace("..", ".e30.")
    assert refusal(own, with_header(request, "x-jws-signature", token)) == "token_malformed"


@pytest.mark.parametrize("provider", ["jws", "jwt.body"])
def test_an_algorithm_that_the_source_does_not_name_is_not_taken_with_the_right_secret(provider: str) -> None:
    secret, body = "s" * 64, b'{"exp": 4102444800}'
    request = signed(provider, secret, body, algorithms="HS512")
    taken(source(provider, algorithms="HS256 HS512"), request, secret)
    assert refusal(source(provider, algorithms="HS256 HS384"), request, secret) == "algorithm_not_allowed"


def test_a_detached_signature_with_a_time_ages_and_one_without_does_not() -> None:
    timed, request = source("jws", issued="iat"), signed("jws", issued="iat")
    taken(timed, request, now=NOW + 300)
    assert refusal(timed, request, now=NOW + 301) == "timestamp_out_of_tolerance"
    assert refusal(timed, request, now=NOW - 301) == "timestamp_out_of_tolerance"
    assert refusal(timed, signed("jws")) == "timestamp_missing"
    taken(replace(timed, tolerance_seconds=900), request, now=NOW + 800)
    taken(source("jws"), signed("jws"), now=NOW + 10**9)


def test_two_events_of_one_body_are_two_by_their_times_and_a_header_of_the_sources_own_choice() -> None:
    own = source("jws", issued="iat", header="X-Proof")
    request = signed("jws", issued="iat", header="X-Proof")
    again = signed("jws", issued="iat", header="X-Proof")
    later = signed("jws", issued="iat", header="X-Proof", now=NOW + 1)
    assert request.headers["x-proof"] != again.headers["x-proof"]
    assert taken(own, request).event_id == taken(own, again).event_id != taken(own, later).event_id
    stranger = with_header(request, "x-jws-signature", "e30..AA")
    assert taken(own, stranger).event_id == taken(own, request).event_id


def other_spelling(token: str) -> str:
    """Of an ECDSA signature: (r, s) and (r, n - s) are both genuine."""
    head, payload, signature = token.split(".")
    curve = jwt.get_algorithm_by_name("ES256").prepare_key(PUBLIC).curve
    raw = urlsafe_b64decode(signature + "==")
    r, s = decode_dss_signature(raw_to_der_signature(raw, curve))
    other = der_to_raw_signature(encode_dss_signature(r, P256_ORDER - s), curve)
    return f"{head}.{payload}.{urlsafe_b64encode(other).decode().rstrip('=')}"


def test_a_body_that_is_a_token_is_one_event_however_its_signature_is_written() -> None:
    own, request = source("jwt.body"), signed("jwt.body")
    other = replace(request, body=other_spelling(request.body.decode()).encode())
    assert other.body != request.body
    assert taken(own, other).event_id == taken(own, request).event_id
    blank = replace(request, body=request.body + b"\n")
    assert taken(own, blank).event_id == taken(own, request).event_id
    assert taken(own, signed("jwt.body", now=NOW + 1)).event_id != taken(own, request).event_id


def test_a_sources_own_key_and_type_are_read_among_the_claims() -> None:
    own = replace(
        source("jwt.body"), dedupe=Dedupe("body", "order.id"), event_type=EventTypeAt("body", "kind")
    )
    request = signed("jwt.body", body=b'{"order":{"id":7},"kind":"paid","type":"x"}')
    event = taken(own, request)
    assert (event.dedupe_key, event.event_type) == ("7", "paid")
    assert taken(source("jwt.body"), request).event_type == "x"
    identified = signed("jwt.body", body=b'{"jti":"one"}')
    assert taken(source("jwt.body"), identified).dedupe_key == "one"


def test_a_sources_own_key_and_type_in_headers_are_read_there_and_not_among_the_claims() -> None:
    own = replace(
        source("jwt.body"), dedupe=Dedupe("header", "x-id"), event_type=EventTypeAt("header", "x-kind")
    )
    request = signed("jwt.body", body=b'{"x-id":"claimed","x-kind":"claimed"}')
    event = taken(own, with_header(with_header(request, "x-id", "told"), "x-kind", "paid"))
    assert (event.dedupe_key, event.event_type) == ("told", "paid")


def test_a_token_with_something_critical_that_nobody_knows_is_refused() -> None:
    claims = {"exp": int(NOW) + 60}
    for headers in ({"crit": ["x"], "x": 1}, {"crit": ["b64"], "b64": False}):
        token = jwt.encode(claims, PRIVATE, algorithm="ES256", headers=headers)
        request = replace(signed("jwt.body"), body=token.encode())
        assert refusal(source("jwt.body"), request) == "token_malformed"


@pytest.mark.parametrize("encoding", ["hex", "base64", "base64url", "base64url-any", "text"])
def test_a_claim_holds_the_body_or_its_hash_in_each_spelling(encoding: str) -> None:
    options: Any = {"body_claim": "request", "body_encoding": encoding}
    own, request = source("jwt", **options), signed("jwt", **options)
    assert taken(own, request).body == BODY
    assert refusal(own, replace(request, body=BODY + b" ")) == "claim_mismatch"


@pytest.mark.parametrize("provider", ["jws", "jwt.body", "jwt"])
def test_a_shared_secret_may_be_bytes(provider: str) -> None:
    options: Any = {"algorithms": "HS256", "key": "base64", "body_claim": "request"}
    if provider != "jwt":
        options.pop("body_claim")
    secret = "/" * 44
    request = signed(provider, secret, **options)
    taken(source(provider, **options), request, secret)
    assert refusal(source(provider, **{**options, "key": "text"}), request, secret) == "signature_mismatch"


@pytest.mark.parametrize(
    ("provider", "options", "field", "problem"),
    [
        ("jws", {"algorithms": "ES256 none"}, "algorithms", "'none' must be one of HS256"),
        ("jws", {"algorithms": "HS256 ES256"}, "algorithms", "HS… beside others"),
        ("jws", {"payload": "b64"}, "payload", "must be one of raw, encoded"),
        ("jws", {"header": "body"}, "header", "use provider jwt.body"),
        ("jws", {"jwks_url": "http://a.example"}, "jwks_url", "https"),
        ("jwt.body", {"max_age": "5m"}, "max_age", "whole number of seconds"),
        ("jwt.body", {"header": "x"}, "header", "is not known"),
        ("jwt", {"body_claim": "x", "header": "body"}, "header", "use provider jwt.body"),
        ("jwt", {"body_claim": "x", "body_encoding": "md5"}, "body_encoding", "must be one of hex"),
        ("jwt", {}, "body_claim", "is missing"),
    ],
)
def test_an_option_that_cannot_be_is_refused_when_it_is_written(
    provider: str, options: dict[str, str], field: str, problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        Gate().check_source(source(provider, **options))
    assert caught.value.field == f"options.{field}"
