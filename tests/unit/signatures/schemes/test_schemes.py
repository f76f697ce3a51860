"""What a scheme makes of a request beforehand: the reader, the judge, the speller."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes import ed25519
from doorbell.signatures.schemes.compiled import check_of
from doorbell.signatures.schemes.encoding import DECODERS, ENCODERS, decode
from doorbell.signatures.schemes.packing import reader
from doorbell.signatures.schemes.scheme import NEVER, Scheme, SignatureAt, TimestampAt
from doorbell.signatures.schemes.timestamps import judge

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
NOW = 1_800_000_000


def claim_of(headers: dict[str, str], body: bytes, secret: str) -> Claim:
    url = "https://api.example.com/in/acme"
    request = RawRequest("POST", url, "/in/acme", "", headers, body)
    return Claim(Source("acme", "hmac"), request, (secret,), NOW, {})


def test_a_genuine_ed25519_signature_is_taken() -> None:
    assert ed25519.verifies(PUBLIC, [b"1800000000", b'{"n":1}'], KEY.sign(b'1800000000{"n":1}'))


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_longer_ed25519_signature_cannot_take_the_beginning_of_the_message_with_it(cut: int) -> None:
    """The library takes both as one text: a captured message could be cut, and its head sent as signature."""
    message = b'1700000000{"at":1800000000}'
    signature = KEY.sign(message)
    assert ed25519.verifies(PUBLIC, [message], signature)
    assert not ed25519.verifies(PUBLIC, [message[cut:]], signature + message[:cut])
    assert not ed25519.verifies(PUBLIC, [signature[-cut:], message], signature[:-cut])


def test_a_cut_message_of_a_scheme_is_refused_too() -> None:
    scheme = Scheme(
        SignatureAt(headers=("x-signature",)),
        ("timestamp", "body"),
        "ed25519",
        "hex",
        TimestampAt(headers=("x-timestamp",)),
    )
    message = f"{NOW - 900_000}{NOW}rest".encode()
    longer = KEY.sign(message) + message[:10]
    claim = claim_of({"x-signature": longer.hex(), "x-timestamp": str(NOW)}, b"rest", PUBLIC.hex())
    with pytest.raises(SignatureError, match="signature_mismatch"):
        check_of(scheme)(claim)
    right = KEY.sign(f"{NOW}rest".encode()).hex()
    headers = {"x-signature": right, "x-timestamp": str(NOW)}
    check_of(scheme)(replace(claim, request=replace(claim.request, headers=headers)))


@pytest.mark.parametrize("key", [b"", PUBLIC[:-1], PUBLIC + b"\0"])
def test_what_is_no_ed25519_key_verifies_nothing(key: bytes) -> None:
    assert not ed25519.verifies(key, [b"body"], KEY.sign(b"body"))


def test_another_spelling_of_a_public_key_s_signature_is_not_its_signature() -> None:
    raw, at = KEY.sign(b"body"), SignatureAt(headers=("s",), encoding="base64")
    for scheme, right, other in (
        (Scheme(SignatureAt(headers=("s",)), ("body",), "ed25519", "hex"), raw.hex(), raw.hex().upper()),
        (Scheme(at, ("body",), "ed25519", "hex"), b64encode(raw).decode(), _loose(b64encode(raw).decode())),
    ):
        assert right != other
        check_of(scheme)(claim_of({"s": right}, b"body", PUBLIC.hex()))
        with pytest.raises(SignatureError, match="signature_mismatch"):
            check_of(scheme)(claim_of({"s": other}, b"body", PUBLIC.hex()))


def _loose(text: str) -> str:
    """Other base64 of the same bytes: the bits that no byte has are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = text.rstrip("=")[-1]
    loose = text.rstrip("=")[:-1] + alphabet[alphabet.index(last) | 1] + "=="
    assert b64decode(loose) == b64decode(text)
    return loose


def test_a_signature_without_its_time_is_refused_for_that() -> None:
    scheme = Scheme(SignatureAt(headers=("s",)), ("timestamp", "body"), timestamp=TimestampAt(("t",)))
    for headers in ({"s": "ab"}, {"s": "ab", "t": ""}):
        with pytest.raises(SignatureError, match="timestamp_missing"):
            check_of(scheme)(claim_of(headers, b"body", "secret"))


@pytest.mark.parametrize("ahead", [None, 10])
def test_the_age_of_a_time_in_seconds_is_judged_to_the_second(ahead: int | None) -> None:
    fresh = judge(TimestampAt(("t",), tolerance=300, ahead=ahead))
    future = 300 if ahead is None else ahead
    for offset in (-300, 0, future):
        fresh(str(NOW + offset), NOW, None)
    fresh(str(NOW - 600), NOW, 600)
    for text in (str(NOW - 301), str(NOW + future + 1), "9", "9" * 16):
        with pytest.raises(SignatureError, match="timestamp_out_of_tolerance"):
            fresh(text, NOW, None)


@pytest.mark.parametrize(
    "text",
    ["+800000000", " 180000000", "1_80000000", "180000000\n", "١٨٠٠٠٠٠٠٠٠", "1800000000.0", "", "1" * 17],
)
def test_what_is_no_whole_number_of_seconds_is_no_time(text: str) -> None:
    with pytest.raises(SignatureError, match="timestamp_malformed"):
        judge(TimestampAt(("t",), tolerance=NEVER))(text, NOW, None)


@pytest.mark.parametrize("literal", ["{", "}", "{}", "{0}", "{{0}}", "%s", "%"])
@pytest.mark.parametrize(
    "parts", [("text", "timestamp", "body"), ("body", "text", "timestamp"), ("text", "body")]
)
def test_literal_text_of_a_message_is_taken_to_the_letter(literal: str, parts: tuple[str, ...]) -> None:
    timed = "timestamp" in parts
    scheme = Scheme(
        SignatureAt(headers=("x-signature",)),
        tuple(f"text:{literal}" if part == "text" else part for part in parts),
        timestamp=TimestampAt(headers=("x-timestamp",)) if timed else None,
    )
    written = {"text": literal, "timestamp": str(NOW), "body": "a body"}
    signed = "".join(written[part] for part in parts).encode()
    signature = hmac.new(b"secret", signed, hashlib.sha256).hexdigest()
    headers = {"x-signature": signature, "x-timestamp": str(NOW)}
    check_of(scheme)(claim_of(headers, b"a body", "secret"))
    with pytest.raises(SignatureError, match="signature_mismatch"):
        check_of(scheme)(claim_of(headers, b"a bodx", "secret"))


def test_a_part_that_there_is_not_is_told_when_the_check_is_made() -> None:
    with pytest.raises(KeyError, match="bodies"):
        check_of(Scheme(SignatureAt(headers=("x-signature",)), ("bodies",)))


JUNK = st.lists(st.sampled_from([",", ";", "=", " ", "a", "v1=x", "t=9", "v0=y"]), max_size=2).map("".join)


@settings(deadline=None, max_examples=1000)
@given(
    value=st.tuples(
        JUNK, st.sampled_from(["t=17", "t="]), JUNK, st.sampled_from([",", ", ", ";", "; "]), JUNK,
        st.sampled_from(["v1=abc", "v1=p-abc", "v1=p-", "v1="]), JUNK,
    ).map("".join),
    separator=st.sampled_from([",", ", ", ";", "; "]),
    prefix=st.sampled_from(["", "p-"]),
)  # fmt: skip
def test_the_usual_pair_is_read_as_the_items_are_one_by_one(value: str, separator: str, prefix: str) -> None:
    """Named twice, a header is read item by item: what is found must be the same."""
    at = SignatureAt(headers=("s",), packing="pairs", prefix=prefix, key="v1", separator=separator)
    time = TimestampAt(pair="t")
    request = RawRequest("POST", "", "", "", {"s": value}, b"")

    def found(names: tuple[str, ...]) -> object:
        try:
            signatures, stamp = reader(replace(at, headers=names), time)(request)
        except SignatureError as error:
            return error.reason
        return list(signatures), stamp

    assert found(("s",)) == found(("s", "absent"))


def test_the_usual_pair_is_found() -> None:
    at = SignatureAt(headers=("s",), packing="pairs", key="v1", separator=", ")
    for value in ("t=17,v1=ab", "t=17, v1=ab"):
        request = RawRequest("POST", "", "", "", {"s": value}, b"")
        assert reader(at, TimestampAt(pair="t"))(request) == ((b"ab",), "17")


@pytest.mark.parametrize("encoding", sorted(DECODERS))
def test_what_a_public_key_checks_is_read_in_its_one_spelling(encoding: str) -> None:
    signature = bytes([251, 255, 190]) * 21 + b"k"
    written = ENCODERS[encoding](signature)
    assert decode(encoding, written) == signature
    for other in (written + b"=", written[:-1], b"\n" + written, written.swapcase(), b"%" + written[1:]):
        assert decode(encoding, other) != signature


@pytest.mark.parametrize(("encoding", "other"), [("base64url", "base64"), ("base64url-padded", "base64url")])
def test_base64_of_one_alphabet_or_padding_is_not_taken_for_the_other(encoding: str, other: str) -> None:
    signature = bytes([251, 255, 190]) * 21 + b"k"
    assert decode(encoding, ENCODERS[other](signature)) is None
    assert decode(other, ENCODERS[encoding](signature)) is None
