"""HTTP Message Signatures (RFC 9421) in sources of one's own: what is covered, by which key, and when.

The RFC's own examples are among `tests/vectors/own_vectors.json`.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Dedupe, Source
from doorbell.signatures.diagnosis.near_misses import diagnose
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.keys import public_half
from doorbell.signatures.signing.request import sign_request
from doorbell.signatures.special.http_signature import first
from doorbell.signatures.special.message_parts import check_digest, line
from doorbell.signatures.special.structured import InnerList, dictionary
from tests.unit.signatures.cases import NOW, SEED, URL, ec_pair, okp, rsa_keys, with_header, with_url
from tests.unit.signatures.diagnosis.refusing import refused

BODY = b'{"id":"evt_1","type":"order.created"}'
HMAC = {"algorithm": "hmac-sha256", "requires": "@method @target-uri content-digest"}
PAIRS = {
    "hmac-sha256": ("a-secret", "a-secret"),
    "ed25519": (SEED, public_half("hex", SEED)),
    "ecdsa-p256-sha256": ec_pair(),
    "rsa-pss-sha512": rsa_keys(),
    "rsa-v1_5-sha256": rsa_keys(),
}


def source(public_url: str | None = None, **options: str) -> Source:
    return Source(
        "acme", "http-signature", secrets=("ssm:/x",), options={**HMAC, **options}, public_url=public_url
    )


def signed(secret: str = "a-secret", body: bytes = BODY, now: float = NOW, **options: str) -> RawRequest:
    headers = {"content-type": "application/json", "x-id": "1"}
    return sign_request(
        "http-signature", secret, url=URL, body=body, headers=headers, now=now, options={**HMAC, **options}
    )


def taken(request: RawRequest, secret: str = "a-secret", now: float = NOW, **options: Any) -> VerifiedEvent:
    event = Gate(options.pop("fetch", None)).examine(
        source(**options), request, [secret] if secret else [], verify_token=None, ingest_id="in", now=now
    )
    assert isinstance(event, VerifiedEvent)
    return event


def refusal(request: RawRequest, secret: str = "a-secret", now: float = NOW, **options: Any) -> str:
    with pytest.raises(SignatureError) as caught:
        taken(request, secret, now, **options)
    return caught.value.reason


@pytest.mark.parametrize("algorithm", PAIRS)
def test_each_algorithm_is_taken_and_none_stands_in_for_another(algorithm: str) -> None:
    private, public = PAIRS[algorithm]
    request = signed(private, algorithm=algorithm)
    assert taken(request, public, algorithm=algorithm).body == BODY
    for other in PAIRS:
        if other != algorithm:
            assert refusal(request, PAIRS[other][1], algorithm=other) == "algorithm_not_allowed"
            untold = with_header(
                request,
                "signature-input",
                request.headers["signature-input"].replace(f';alg="{algorithm}"', ""),
            )
            assert refusal(untold, PAIRS[other][1], algorithm=other) in (
                "signature_mismatch",
                "signature_malformed",
                "secret_malformed",
            )


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ('"@method"', "POST"),
        ('"@target-uri"', "https://www.Example.com:443/path%20x?a=1&b=&c=x%20y&d=~"),
        ('"@authority"', "www.example.com"),
        ('"@scheme"', "https"),
        ('"@request-target"', "/path%20x?a=1&b=&c=x%20y&d=~"),
        ('"@path"', "/path%20x"),
        ('"@query"', "?a=1&b=&c=x%20y&d=~"),
        ('"@query-param";name="a"', "1"),
        ('"@query-param";name="b"', ""),
        ('"@query-param";name="c"', "x%20y"),
        ('"@query-param";name="d"', "%7E"),
        ('"x-ows"', "a  b"),
        ('"x-dict";key="a"', "1;b=?0"),
        ('"x-dict";key="d"', '(1 2);q="z"'),
        ('"x-dict";key="t"', "?1"),
    ],
)
def test_a_part_is_written_as_the_rfc_writes_it(part: str, value: str) -> None:
    url = "https://www.Example.com:443/path%20x?a=1&b=&c=x%20y&d=~"
    headers = {"x-ows": "  a  b ", "x-dict": 'a=1; b=?0,  d=( 1  2 );q="z", t'}
    request = RawRequest("post", url, "/path%20x", "", headers, b"")
    covered = dictionary(f"x=({part})")["x"]
    assert isinstance(covered, InnerList)
    (item,) = covered.items
    assert line(item, request, url) == f"{part}: {value}"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ('"@status"', "part_missing"),
        ('"@method";req', "part_missing"),
        ('"x-id";sf', "part_missing"),
        ('"x-id";bs', "part_missing"),
        ('"x-id";tr', "part_missing"),
        ('"x-absent"', "header_missing"),
        ('"X-Id"', "header_missing"),
        ('"@query-param"', "part_missing"),
        ('"@query-param";name="absent"', "part_missing"),
        ('"@query-param";name="twice"', "part_missing"),
        ("x-id", "header_missing"),
        ('"x-id" "x-id"', "signature_malformed"),
        ('"x-line"', "request_malformed"),
    ],
)
def test_what_is_no_part_of_a_request_that_came_cannot_be_signed(part: str, reason: str) -> None:
    request = signed()
    text = request.headers["signature-input"].replace('"@method"', f'"@method" {part}')
    request = with_header(with_url(request, f"{URL}&twice=1&twice=2"), "signature-input", text)
    request = with_header(request, "x-line", 'a\n"@method": GET')
    assert refusal(request) == reason


def test_what_the_source_requires_must_be_signed_whole_and_so_must_the_body() -> None:
    less = signed(requires="content-digest")
    assert refusal(less) == "part_missing"
    taken(less, requires="content-digest")
    unbound = signed(requires="@method", binds_body="false")
    assert refusal(unbound, requires="@method") == "part_missing"
    text = signed().headers["signature-input"].replace('"content-digest"', '"content-digest";key="sha-256"')
    assert refusal(with_header(signed(), "signature-input", text)) == "part_missing"


def test_a_body_is_the_one_whose_digest_is_signed() -> None:
    assert refusal(replace(signed(), body=BODY + b" ")) == "digest_mismatch"
    digest = signed(body=BODY + b" ").headers["content-digest"]
    assert (
        refusal(replace(with_header(signed(), "content-digest", digest), body=BODY + b" "))
        == "signature_mismatch"
    )


WORLD = b'{"hello": "world"}\n'
SHA256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
SHA512 = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:"


@pytest.mark.parametrize("header", [SHA256, SHA512, f"{SHA256},{SHA512}", f"id-sha-256=:AA==:, {SHA512}"])
def test_the_rfcs_own_digests_are_those_of_its_body(header: str) -> None:
    """RFC 9530, appendices A and B."""
    check_digest(header, WORLD)
    with pytest.raises(SignatureError, match="digest_mismatch"):
        check_digest(header, WORLD.strip())


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "header_missing"),
        ("md5=:Sd/dVLAcvNLSq16eXua5uQ==:", "signature_malformed"),
        (f"{SHA256},sha-512=:AA==:", "digest_mismatch"),
        ("sha-256=RK", "digest_mismatch"),
        (f"{SHA256},{SHA256}", "signature_malformed"),
        ("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDh=:", "signature_malformed"),
    ],
)
def test_a_digest_that_is_weak_or_one_of_two_that_differ_proves_no_body(header: str, reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        check_digest(header, WORLD)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('a=( "b"  "c" ); created=01;x;y=?1;z=?0', '("b" "c");created=1;x;y;z=?0'),
        ('a=("b\\"c\\\\");n=-0;d=1.50;e=2.0', '("b\\"c\\\\");n=0;d=1.5;e=2.0'),
        ("a=();d=-0.5;at=@0659578233", "();d=-0.5;at=@659578233"),
        ("a=*tok/en:1;p=:AA==:", "*tok/en:1;p=:AA==:"),
        ("a;x=1;x=2", "?1;x=2"),
    ],
)
def test_a_field_is_read_and_written_as_structured_fields_are(text: str, written: str) -> None:
    """RFC 9651, sections 4.1 and 4.2."""
    assert str(dictionary(text)["a"]) == written


@pytest.mark.parametrize(
    "text",
    [
        "", "A=1", "a=", "a=1,", "a=1 b", "a=(1", "a=(1,2)", 'a=("b""c")', 'a="é"', 'a="x', "a=:A:",
        "a=:AB==:",
        "a=?2", "a=1.", "a=1,a=2", "a=%", "a=1;B", "a=1234567890123456", "a=1" + " " * 5000, "a=:A=A=:",
    ],
)  # fmt: skip
def test_a_field_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        dictionary(text)
    assert refusal(with_header(signed(), "signature-input", text)) in (
        "signature_malformed",
        "signature_missing",
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (f"created={int(NOW)}", f"created={int(NOW) - 301}", "timestamp_out_of_tolerance"),
        (f"created={int(NOW)}", f"created={int(NOW) + 301}", "timestamp_out_of_tolerance"),
        (f"created={int(NOW)}", f'created="{int(NOW)}"', "timestamp_malformed"),
        (f";created={int(NOW)}", "", "timestamp_missing"),
        (";alg", f";expires={int(NOW) - 1};alg", "timestamp_out_of_tolerance"),
        (";alg", ";expires=?1;alg", "timestamp_malformed"),
        ('keyid="key1"', 'keyid="other"', "key_not_found"),
        (';tag="mine"', "", "part_missing"),
    ],
)
def test_what_a_signature_says_of_itself_is_held_to(old: str, new: str, reason: str) -> None:
    request = signed(tag="mine", keyid="key1")
    text = request.headers["signature-input"]
    assert old in text
    changed = with_header(request, "signature-input", text.replace(old, new))
    assert refusal(changed, tag="mine yours", keyid="key0 key1") == reason
    taken(request, tag="mine yours", keyid="key0 key1")


def test_a_sources_own_tolerance_counts() -> None:
    wide = replace(source(), tolerance_seconds=900)
    gate = Gate()
    event = gate.examine(wide, signed(), ["a-secret"], verify_token=None, ingest_id="in", now=NOW + 800)
    assert isinstance(event, VerifiedEvent)


def test_a_captured_request_is_the_same_event_however_it_is_dressed() -> None:
    request = signed()
    known = taken(request).event_id
    proof = request.headers
    told = proof["signature-input"]
    blanks = with_header(request, "signature-input", told.replace(";created", "; created"))
    renamed = with_header(
        with_header(request, "signature", proof["signature"].replace("sig1", "s")),
        "signature-input",
        proof["signature-input"].replace("sig1", "s"),
    )
    more = with_header(request, "signature-input", proof["signature-input"] + ', z=("x-id");created=1')
    stranger = with_header(request, "x-stranger", "1")
    assert {taken(one).event_id for one in (blanks, renamed, more, stranger)} == {known}
    before = with_header(request, "signature-input", 'z=("x-id");created=1, ' + proof["signature-input"])
    assert refusal(before) == "signature_malformed"


def test_a_place_with_two_names_makes_no_second_event() -> None:
    """What is signed is the public URL; the same request may be sent to the other."""
    request = signed()
    other = with_url(request, URL.replace("hooks.example.test", "abc.execute-api.example.test"))
    assert taken(request, public_url=URL).event_id == taken(other, public_url=URL).event_id
    assert refusal(other) == "signature_mismatch"


def test_two_events_of_one_body_are_two_by_their_time_or_their_nonce() -> None:
    assert taken(signed()).event_id != taken(signed(now=NOW + 1)).event_id

    def with_nonce(nonce: str) -> RawRequest:
        private, _ = PAIRS["hmac-sha256"]
        bare = signed(private)
        covered = first(bare).covered
        told = covered._replace(parameters={**covered.parameters, "nonce": f'"{nonce}"'})
        claimed = with_header(bare, "signature-input", f"sig1={told}")
        lines = [line(part, bare, URL) for part in covered.items]
        text = "\n".join([*lines, f'"@signature-params": {told}'])
        import hmac

        mac = b64encode(hmac.digest(private.encode(), text.encode(), "sha256")).decode()
        return with_header(claimed, "signature", f"sig1=:{mac}:")

    assert taken(with_nonce("a")).dedupe_key == '"key1""a"'
    assert taken(with_nonce("a")).event_id != taken(with_nonce("b")).event_id


def test_a_source_may_name_a_key_of_its_own() -> None:
    own = replace(source(), dedupe=Dedupe("body", "id"))
    event = Gate().examine(own, signed(), ["a-secret"], verify_token=None, ingest_id="in", now=NOW)
    assert isinstance(event, VerifiedEvent)
    assert event.dedupe_key == "evt_1"


class Published:
    def __init__(self, keys: list[dict[str, Any]]) -> None:
        self.keys = keys

    def get(self, url: str, **_: Any) -> bytes:
        return json.dumps({"keys": self.keys}).encode()


def ed_key(kid: str, seed: str = SEED) -> dict[str, Any]:
    key: dict[str, Any] = json.loads(okp(public_half("hex", seed)))
    return key | {"kid": kid}


@pytest.mark.parametrize("stored", [True, False])
def test_a_key_is_found_by_its_id_in_a_key_set_that_is_stored_or_published(stored: bool) -> None:
    keys = [ed_key("key0", "2e" * 32), ed_key("key1"), {"kty": "OKP", "kid": "key1", "crv": "X448"}]
    options: dict[str, Any] = {"algorithm": "ed25519"}
    secret = json.dumps({"keys": keys}) if stored else ""
    if not stored:
        options |= {"jwks_url": f"https://keys.example.test/{id(keys)}", "fetch": Published(keys)}
    taken(signed(SEED, algorithm="ed25519"), secret, **options)
    by_another = signed(SEED, algorithm="ed25519", keyid="key0")
    assert refusal(by_another, secret, **options) == "signature_mismatch"
    assert refusal(signed(SEED, algorithm="ed25519", keyid="key9"), secret, **options) == "key_not_found"


@pytest.mark.parametrize("algorithm", ["ecdsa-p256-sha256", "rsa-pss-sha512"])
def test_keys_of_other_kinds_stand_in_key_sets_too(algorithm: str) -> None:
    private, public = PAIRS[algorithm]
    kind = jwt.get_algorithm_by_name("ES256" if "ec" in algorithm else "RS256")
    jwk = kind.to_jwk(load_pem_public_key(public.encode()), as_dict=False)
    taken(signed(private, algorithm=algorithm), str(jwk), algorithm=algorithm)


@pytest.mark.parametrize(
    ("options", "field", "problem"),
    [
        ({"algorithm": ""}, "algorithm", "is missing"),
        ({"algorithm": "hmac-sha512"}, "algorithm", "must be one of hmac-sha256"),
        ({"requires": "@method"}, "requires", "binds_body: false"),
        ({"requires": "", "binds_body": "false"}, "requires", "must have a part"),
        ({"binds_body": "false"}, "binds_body", "is true"),
        ({"binds_body": "no"}, "binds_body", "must be one of true, false"),
        ({"requires": "content-digest @status"}, "requires", "no such part: '@status'"),
        ({"requires": "content-digest X-Id"}, "requires", "small letters"),
        ({"key": "rot13"}, "key", "must be one of text, hex, base64"),
        ({"algorithm": "ed25519", "key": "hex"}, "key", "hmac-sha256 alone"),
        ({"jwks_url": "https://a.example/jwks"}, "jwks_url", "needs a secret"),
        ({"algorithm": "ed25519", "jwks_url": "http://a.example/jwks"}, "jwks_url", "https"),
    ],
)
def test_an_option_that_cannot_be_is_refused_when_it_is_written(
    options: dict[str, str], field: str, problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        Gate().check_source(source(**options))
    assert caught.value.field == f"options.{field}"
    Gate().check_source(source())


def test_a_source_that_was_written_past_the_checks_takes_nothing() -> None:
    assert refusal(signed(), algorithm="none") == "source_misconfigured"


def test_bodies_that_are_not_signed_are_not_split() -> None:
    unbound = replace(source(requires="@method", binds_body="false"), split=True)
    with pytest.raises(ConfigError, match="does not sign the elements"):
        Gate().check_source(unbound)


@pytest.mark.parametrize(
    ("changes", "secret", "options", "words"),
    [
        ({"body": BODY + b"\n"}, "a-secret", {}, "The signature fits the body without its last line end"),
        ({}, "YS1zZWNyZXQ=", {}, "the secret read as base64: set options.key to base64"),
        (
            {},
            "a-secret",
            {"requires": "x-id content-digest"},
            "Signed are: @method @target-uri content-digest.",
        ),
        (
            {},
            "a-secret",
            {"public_url": "https://other.example/in"},
            "the URL that was called, not the source",
        ),
        ({}, "another", {}, "Most likely it is signed with another secret"),
        ({}, "another", {}, f"Or for another URL than {URL.partition('?')[0]}: set the source's public_url"),
    ],
)
def test_its_operator_hears_what_was_wrong(
    changes: dict[str, Any], secret: str, options: dict[str, str], words: str
) -> None:
    own, request = source(**options), replace(signed(), **changes)
    assert words in " ".join(diagnose(own, refused(own, request), [secret]).words)


def test_a_short_signature_of_ecdsa_is_no_signature() -> None:
    private, public = PAIRS["ecdsa-p256-sha256"]
    request = signed(private, algorithm="ecdsa-p256-sha256")
    raw = b64decode(request.headers["signature"][6:-1])
    short = with_header(request, "signature", f"sig1=:{b64encode(raw[:63]).decode()}:")
    assert refusal(short, public, algorithm="ecdsa-p256-sha256") == "signature_malformed"


def test_an_ed25519_key_signs_as_the_pem_that_openssl_writes() -> None:
    _, public = PAIRS["ed25519"]
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert taken(signed(pem, algorithm="ed25519"), public, algorithm="ed25519").body == BODY
    with pytest.raises(SignatureError, match="secret_malformed"):
        signed(PAIRS["rsa-pss-sha512"][0], algorithm="ed25519")
