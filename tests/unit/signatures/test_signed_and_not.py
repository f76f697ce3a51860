"""HTTP Message Signatures: what is taken that was not signed, and what is known as the same event."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Dedupe, Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.keys import public_half
from doorbell.signatures.signing.request import sign_request
from doorbell.signatures.special.http_signature import first
from doorbell.signatures.special.message_parts import line
from doorbell.signatures.special.public_keys import texts_of
from doorbell.signatures.special.structured import InnerList, Item, dictionary
from tests.unit.signatures.cases import NOW, SEED, URL, with_header, with_url
from tests.unit.signatures.test_message_signatures import (
    BODY,
    HMAC,
    PAIRS,
    ed_key,
    refusal,
    signed,
    source,
    taken,
)

CREATED = f";created={int(NOW)}"
BY_QUERY: dict[str, Any] = {"requires": "@method @query", "binds_body": "false"}


def signed_as(covered: str, request: RawRequest | None = None, url: str = URL) -> RawRequest:
    """Of the parts and with the parameters that `covered` has, under the shared secret."""
    request = request or signed()
    parts = dictionary(f"x={covered}")["x"]
    assert isinstance(parts, InnerList)
    lines = [line(part, request, url) for part in parts.items]
    text = "\n".join([*lines, f'"@signature-params": {parts}'])
    mac = b64encode(hmac.digest(b"a-secret", text.encode(), "sha256")).decode()
    told = with_header(request, "signature-input", f"sig1={parts}")
    return with_header(told, "signature", f"sig1=:{mac}:")


@pytest.mark.parametrize("algorithm", ["ecdsa-p256-sha256", "rsa-pss-sha512"])
def test_a_public_key_is_no_shared_secret(algorithm: str) -> None:
    """Everybody has it, so everybody could sign."""
    public = PAIRS[algorithm][1]
    wrapped = b64encode(public.encode()).decode()
    for stored in (public, f" \n{public}", wrapped):
        assert refusal(signed(stored), stored) == "secret_malformed"


def test_a_key_set_is_no_shared_secret() -> None:
    stored = json.dumps(ed_key("key1"))
    (spki,) = texts_of(Claim(source(), signed(), (stored,), NOW, {}), "", None)
    for key in (stored, spki):
        assert refusal(signed(key), stored) == "secret_malformed"


def test_a_public_key_beside_a_shared_secret_is_passed_over() -> None:
    public = PAIRS["rsa-pss-sha512"][1]

    def examine(request: RawRequest) -> object:
        secrets = [public, "a-secret"]
        return Gate().examine(source(), request, secrets, verify_token=None, ingest_id="in", now=NOW)

    assert isinstance(examine(signed()), VerifiedEvent)
    with pytest.raises(SignatureError, match="signature_mismatch"):
        examine(signed(public))


@pytest.mark.parametrize("part", ['"content-digest"', '"content-digest";key="sha-256"'])
def test_a_digest_that_is_signed_binds_the_body_whatever_the_source_requires(part: str) -> None:
    options: dict[str, Any] = {"requires": "@method", "binds_body": "false"}
    request = signed_as(f'("@method" {part}){CREATED}')
    taken(request, **options)
    assert refusal(replace(request, body=b"{}"), **options) == "digest_mismatch"
    without = signed_as(f'("@method"){CREATED}')
    assert taken(replace(without, body=b"{}"), **options).body == b"{}"


@pytest.mark.parametrize(
    "part", ['"@query"', '"@target-uri"', '"@request-target"', '"@query-param";name="n"']
)
def test_two_requests_that_differ_by_the_query_they_sign_are_two_events(part: str) -> None:
    """In one second, without a nonce and with one body."""

    def event(query: str) -> VerifiedEvent:
        url = f"https://hooks.example.test/in/source?{query}"
        request = signed_as(f'("@method" {part}){CREATED}', with_url(signed(), url), url)
        return taken(request, requires="@method", binds_body="false")

    assert event("n=1").event_id != event("n=2").event_id
    assert event("n=1").event_id == event("n=1").event_id


def test_a_query_that_nobody_signed_makes_no_second_event() -> None:
    request = signed_as(f'("@method" "@query-param";name="n"){CREATED}', with_url(signed(), "https://a/in?n=1"),
                        "https://a/in?n=1")  # fmt: skip
    more = with_url(request, "https://a/in?x=9&n=1&y=8")
    known = taken(request, requires="@method", binds_body="false").event_id
    assert taken(more, requires="@method", binds_body="false").event_id == known
    bare = signed_as(f'("@method"){CREATED}')
    other = with_url(bare, f"{URL}&more=1")
    assert (
        taken(bare, requires="@method", binds_body="false").event_id
        == taken(other, requires="@method", binds_body="false").event_id
    )


def test_a_query_in_another_order_that_the_public_url_allows_makes_no_second_event() -> None:
    public = "https://hooks.example.test/in/source?b=2&a=1&a=0"
    request = sign_request(
        "http-signature", "a-secret", url=public, body=BODY, headers={}, now=NOW, options={**HMAC, **BY_QUERY}
    )
    turned = with_url(request, "https://hooks.example.test/in/source?a=1&a=0&b=2")
    events = {taken(one, public_url=public, **BY_QUERY).event_id for one in (request, turned)}
    assert len(events) == 1


@pytest.mark.parametrize("salt", [0, 32, 64, padding.PSS.MAX_LENGTH])
def test_a_signature_of_rsa_pss_may_have_a_salt_of_any_length(salt: int) -> None:
    """RFC 9421, 3.3.1, has 64 bytes, and some senders the longest that fits. The length is the sender's
    matter: who can make a signature with one can make it with another."""
    private, public = PAIRS["rsa-pss-sha512"]
    request = signed(private, algorithm="rsa-pss-sha512")
    covered = first(request).covered
    lines = [line(part, request, URL) for part in covered.items]
    text = "\n".join([*lines, f'"@signature-params": {covered}']).encode()
    key = load_pem_private_key(private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    made = key.sign(text, padding.PSS(padding.MGF1(hashes.SHA512()), salt), hashes.SHA512())
    again = with_header(request, "signature", f"sig1=:{b64encode(made).decode()}:")
    assert taken(again, public, algorithm="rsa-pss-sha512").body == BODY


@pytest.mark.parametrize("hours", [1, 24])
def test_a_captured_request_is_the_same_event_for_as_long_as_it_is_good(hours: int) -> None:
    """A time may be as far ahead as behind: twice the tolerance."""
    wide = replace(source(), tolerance_seconds=hours * 3600)
    assert _window(wide) == 2 * hours * 3600
    assert _window(source()) == 3600
    own = replace(wide, dedupe=Dedupe("body", "id", 5))
    assert _window(own) == 5 * 3600


def _window(own: Source) -> int:
    event = Gate().examine(own, signed(), ["a-secret"], verify_token=None, ingest_id="in", now=NOW)
    assert isinstance(event, VerifiedEvent)
    return event.dedupe_window_seconds


def test_an_empty_body_is_bound_by_its_digest_like_any_other() -> None:
    empty = signed(body=b"")
    assert taken(empty).body == b""
    assert refusal(replace(empty, body=b"\n")) == "digest_mismatch"
    assert refusal(replace(signed(), body=b"")) == "digest_mismatch"


def test_a_field_that_is_no_dictionary_has_no_members_to_sign() -> None:
    request = with_header(signed(), "x-id", "%")
    told = request.headers["signature-input"].replace('"@method"', '"@method" "x-id";key="a"')
    assert refusal(with_header(request, "signature-input", told)) == "request_malformed"


def test_a_signature_is_good_to_the_last_second_that_it_says() -> None:
    covered = '("@method" "@target-uri" "content-digest")'
    taken(signed_as(f"{covered}{CREATED};expires={int(NOW)}"))
    assert refusal(signed_as(f"{covered}{CREATED};expires={int(NOW) - 1}")) == "timestamp_out_of_tolerance"


def test_a_key_id_of_odd_characters_is_read_as_it_is_meant() -> None:
    request = signed_as(f'("@method" "@target-uri" "content-digest"){CREATED};keyid="a\\"b\\\\c"')
    taken(request, keyid='other a"b\\c')
    assert refusal(request, keyid='a\\"b\\\\c') == "key_not_found"


def test_blanks_around_a_field_are_no_part_of_it() -> None:
    assert str(dictionary(" a=1, b=2 ")["b"]) == "2"


def test_a_signature_has_thirty_two_parts_at_the_most() -> None:
    request = signed()
    for number in range(40):
        request = with_header(request, f"x-{number}", "1")

    def of(count: int) -> RawRequest:
        more = " ".join(f'"x-{number}"' for number in range(count - 3))
        return signed_as(f'("@method" "@target-uri" "content-digest" {more}){CREATED}', request)

    taken(of(32))
    assert refusal(of(33)) == "signature_malformed"


@pytest.mark.parametrize("url", ["https:///jwks", "https://", "jwks"])
def test_a_key_sets_url_names_a_host(url: str) -> None:
    with pytest.raises(ConfigError, match="must be an https URL"):
        Gate().check_source(source(algorithm="ed25519", jwks_url=url))


@pytest.mark.parametrize("by", [SEED, "2e" * 32])
def test_a_key_beside_a_key_set_proves_what_either_signed(by: str) -> None:
    """While a source goes from the one to the other."""
    secrets = [public_half("hex", SEED), json.dumps({"keys": [ed_key("key1", "2e" * 32)]})]
    own, request = source(algorithm="ed25519"), signed(by, algorithm="ed25519")
    event = Gate().examine(own, request, secrets, verify_token=None, ingest_id="in", now=NOW)
    assert isinstance(event, VerifiedEvent)


@pytest.mark.parametrize(
    ("part", "url", "written"),
    [
        ("@method", "https://a/x", "GET"),
        ("@authority", "http://A:80/x", "a"),
        ("@authority", "http://a:443/x", "a:443"),
        ("@path", "https://a", "/"),
        ("@request-target", "https://a/x?", "/x?"),
        ("x-tab", "https://a/x", "v"),
    ],
)
def test_a_part_is_written_as_the_rfc_writes_it_at_its_edges(part: str, url: str, written: str) -> None:
    request = RawRequest("get", url, "", "", {"x-tab": "\tv\t"}, b"")
    assert line(Item(f'"{part}"', {}), request, url) == f'"{part}": {written}'


def test_a_line_end_of_any_kind_and_a_second_parameter_are_no_part() -> None:
    request = RawRequest("get", URL, "", "", {"x-line": "a\rb", "x-dict": "a=1"}, b"")
    with pytest.raises(SignatureError, match="request_malformed"):
        line(Item('"x-line"', {}), request, URL)
    with pytest.raises(SignatureError, match="part_missing"):
        line(Item('"x-dict"', {"key": '"a"', "sf": "?1"}), request, URL)
