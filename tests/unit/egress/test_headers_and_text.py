"""What goes out in headers, and what is kept of what comes back."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorbell.domain.health import OWN_FAULTS
from doorbell.egress.errors import RequestRefused
from doorbell.egress.headers import credentials_in, outgoing
from doorbell.egress.text import detail, readable


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-a", "1\r\nhost: inside"), ("x-a", "1\n"), ("x-a", "\r1"), ("x-a", "a\x00b"), ("x-a", "a\x7fb"),
        ("x-a", "1\r\n folded"), ("x-a\r\nx-b", "1"), ("", "1"), ("x a", "1"), ("x-a:", "1"),
        ("x-\u00e4", "1"), (":authority", "a"), ("\u212aey", "1"), ("x-a", "\ud800"),
    ],
)  # fmt: skip
def test_header_that_could_split_the_request_is_refused(name: str, value: str) -> None:
    with pytest.raises(RequestRefused) as refusal:
        outgoing([(name, value)])
    assert refusal.value.code == "header_refused"
    assert "\r" not in refusal.value.detail
    assert "\n" not in refusal.value.detail


@pytest.mark.parametrize(
    "name",
    ["Host", "content-length", "Transfer-Encoding", "Connection", "TE", "Upgrade", "Expect", "Trailer"],
)
def test_header_that_frames_the_request_is_refused(name: str) -> None:
    with pytest.raises(RequestRefused) as refusal:
        outgoing([(name, "1")])
    assert refusal.value.code == "header_refused"


def test_too_many_or_too_large_headers_are_refused() -> None:
    for headers in ([(f"x-{n}", "1") for n in range(1001)], [("x-a", "a" * 40_000)]):
        with pytest.raises(RequestRefused) as refusal:
            outgoing(headers)
        assert refusal.value.code in OWN_FAULTS, "it says nothing of the endpoint"


def test_all_the_headers_that_fit_through_api_gateway_fit_out() -> None:
    """10,240 bytes of them, however many. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""
    headers = [(f"x-{n:04d}", "1") for n in range(900)]
    assert len(outgoing(headers)) == 901


def test_encoding_is_always_identity_and_repeated_names_stay_apart() -> None:
    out = outgoing([("Accept-Encoding", "gzip"), ("x-a", "1"), ("X-A", "2")])
    assert out == [("accept-encoding", "identity"), ("x-a", "1"), ("X-A", "2")]


def test_text_beyond_ascii_goes_out_as_utf_8() -> None:
    greetings = "Gr\u00fc\u00dfe \u2603"
    assert dict(outgoing([("x-name", greetings)]))["x-name"].encode("latin-1") == greetings.encode()


@settings(deadline=None)
@given(st.binary(max_size=4096))
def test_whatever_came_is_kept_as_at_most_1_kib_without_control_characters(body: bytes) -> None:
    text = readable(body)
    assert len(text.encode()) <= 1024
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2028\u200b" for c in text)


def test_a_character_cut_in_the_middle_is_dropped_not_garbled() -> None:
    assert readable(b"a" * 1023 + "\u00e4".encode()) == "a" * 1023


def test_binary_is_not_kept() -> None:
    assert readable(b"\x89PNG\r\n\x1a\n\x00\x00") == ""
    assert readable(bytes(range(128, 256)) * 4) == ""


def test_a_credential_that_the_peer_repeats_is_not_kept_even_across_the_cut() -> None:
    secrets = credentials_in(
        [("Authorization", "Bearer s3cr3t-token"), ("x-api-key", "k-123456"), ("x-a", "plain-x")]
    )
    text = readable(b"got Bearer s3cr3t-token, s3cr3t-token, k-123456, plain-x", redact=secrets)
    assert text == "got [redacted], [redacted], [redacted], plain-x"
    for start in range(1000, 1030):
        assert "s3c" not in readable(b"a" * start + b"s3cr3t-token" + b"b" * 100, redact=secrets)


@pytest.mark.parametrize("length", [32, 256, 1000])
@pytest.mark.parametrize("copies", [2, 3])
def test_a_credential_that_the_peer_repeats_often_is_not_kept_where_the_text_is_cut(
    length: int, copies: int
) -> None:
    token = b64encode(bytes(range(256)) * 4).decode()[:length]
    redact = credentials_in([("authorization", f"Bearer {token}")])
    for gap in range(0, 1100, 7):
        body = (b"a" * gap).join([f"Bearer {token}".encode()] * copies) + b"b" * 2000
        text = readable(body, redact=redact)
        assert not any(token[start : start + 12] in text for start in range(length - 11)), gap


@pytest.mark.parametrize("kept", [6, 20, 39])
def test_a_credential_that_was_cut_at_the_end_is_not_kept_in_part(kept: int) -> None:
    token = "s3cr3t-token-of-forty-characters-abcdefg"
    redact = credentials_in([("authorization", f"Bearer {token}")])
    assert readable(f"you sent {token[:kept]}".encode(), redact=redact) == "you sent [redacted]"
    assert readable(f"you sent Bearer {token[:kept]}".encode(), redact=redact) == "you sent [redacted]"


def test_an_end_that_only_looks_like_the_beginning_of_a_credential_is_kept() -> None:
    redact = credentials_in([("authorization", "Bearer s3cr3t-token")])
    assert readable(b"no s3cr3", redact=redact) == "no s3cr3", "five characters are in any text"
    assert readable(b"no s3cr3t-tokem", redact=redact) == "no s3cr3t-tokem"


def test_a_secret_is_not_kept_however_its_header_is_called_and_however_it_is_written() -> None:
    secret = "abc/def+ghi=<é>"
    redact = credentials_in([("x-webhook-key", secret)], [secret])
    spellings = [
        secret,
        json.dumps(secret),
        json.dumps(secret).replace("/", "\\/"),
        html.escape(secret),
        quote(secret),
        quote(secret, safe=""),
    ]
    for written in spellings:
        text = readable(f"you sent {written}!".encode(), redact=redact)
        assert "[redacted]" in text
        assert "abc" not in text
        assert "ghi" not in text


SPELLERS: list[Callable[[str], str]] = [
    lambda one: one,
    lambda one: f"\\u{ord(one):04x}",
    lambda one: f"\\u{ord(one):04X}",
    lambda one: f"\\x{ord(one):02x}",
    lambda one: f"%{ord(one):02x}",
    lambda one: f"%{ord(one):02X}",
    lambda one: f"&#{ord(one)};",
    lambda one: f"&#x{ord(one):X};",
    lambda one: one if one.isalnum() else f"\\{one}",
    html.escape,
]


@example([str] * 16, 1014)
@given(st.lists(st.sampled_from(SPELLERS), min_size=16, max_size=16), st.integers(0, 1100))
def test_a_credential_is_not_kept_whatever_each_of_its_characters_is_written_as(
    spellers: list[Callable[[str], str]], before: int
) -> None:
    secret = "k3y+with/odd=&<>"
    written = "".join(spell(one) for spell, one in zip(spellers, secret, strict=True))
    text = readable(b"a" * before + f" {written} and more".encode(), redact=[secret])
    left = re.sub(r"\[redacted\]|\[[redact]*$", "", text)  # at the end it may be cut itself
    assert set(left) <= set("a nd more")


@pytest.mark.parametrize("kept", [8, 12])
def test_a_credential_spelt_otherwise_and_cut_at_the_end_is_not_kept_in_part(kept: int) -> None:
    secret = "k3y+with/odd=&<>"
    written = "".join(f"%{ord(one):02X}" for one in secret[:kept])
    assert readable(f"you sent {written}".encode(), redact=[secret]) == "you sent [redacted]"


def test_escapes_that_spell_no_credential_stay_as_they_are() -> None:
    body = 'a%20b \\u00e9 &amp; &unknown; 100% \\"quoted\\"'
    assert readable(body.encode(), redact=["s3cr3t-token"]) == body


def test_the_password_of_basic_credentials_is_not_kept() -> None:
    basic = b64encode(b"user:pass word").decode()
    redact = credentials_in([("authorization", f"Basic {basic}")])
    assert readable(b"no such user:pass word", redact=redact) == "no such [redacted]"
    assert readable(b"wrong password pass word", redact=redact) == "wrong password [redacted]"


def test_details_are_short_and_on_one_line() -> None:
    assert detail("a\r\nb" + "c" * 400) == "a  b" + "c" * 296
