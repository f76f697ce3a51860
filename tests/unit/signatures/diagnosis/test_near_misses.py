"""`refused show` says in words what was wrong: each near miss is made, and must be named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.diagnosis.near_misses import diagnose
from doorbell.signatures.signing.request import sign_request
from tests.support.builders import a_source
from tests.unit.signatures.cases import CASES, NOW, with_header
from tests.unit.signatures.diagnosis.refusing import refused

SECRET = "the right secret"
URL = "https://hooks.example/in/github-main"


def words(source: Source, request: RawRequest, secret: str = SECRET, **changes: Any) -> list[str]:
    return list(diagnose(source, refused(source, request, **changes), [secret]).words)


def github(secret: str = SECRET, body: bytes = b'{"n": 1}\n') -> RawRequest:
    return sign_request("github", secret, url=URL, body=body, headers={}, now=NOW)


def test_another_secret_is_called_so_where_nothing_else_fits() -> None:
    assert words(a_source(), github("another")) == [
        "The signature does not fit what came.",
        "Most likely it is signed with another secret: none of the near misses fits.",
    ]


def test_a_body_that_does_not_fit_its_signed_digest_is_told_and_no_secret_is_blamed() -> None:
    """The signature itself may well be right: only the body's digest is wrong."""
    own = a_source(provider="http-signature", options={"algorithm": "hmac-sha256", "requires": "@method"})
    signed = sign_request(
        "http-signature", SECRET, url=URL, body=b"{}", headers={}, now=NOW, options=own.options
    )
    assert words(own, replace(signed, body=b'{"n":1}')) == [
        "The body is not the one whose digest is signed: something changed it on the way."
    ]


def test_where_the_url_is_signed_it_may_be_another_url() -> None:
    signed = sign_request("square", "another", url=URL, body=b"{}", headers={}, now=NOW)
    hint = f"Or for another URL than {URL}: set the source's public_url to the one that the sender has."
    assert hint in words(a_source(provider="square"), signed)
    assert hint not in words(a_source(provider="square", public_url="https://a.example/in"), signed)
    assert not [word for word in words(a_source(), github("another")) if "URL" in word]


@pytest.mark.parametrize(
    ("signed", "came", "said"),
    [
        (b'{"n": 1}', b'{"n": 1}\n', "The signature fits the body without its last line end."),
        (b'{"n": 1}\n', b'{"n": 1}', "The signature fits the body with a line end after it."),
        (b"a\nb", b"a\r\nb", "The signature fits the body with \\n for each \\r\\n."),
        (
            b'{"n":1}',
            b"\xef\xbb\xbf" + b'{"n":1}',
            "The signature fits the body without its byte order mark.",
        ),
        (
            b'{"n":1,"t":"\xc3\xa9"}',
            b'{"n": 1, "t": "\\u00e9"}',
            "The signature fits the JSON written anew without blanks; something changed it on the way.",
        ),
        (b"", b"null", "The signature fits an empty body."),
    ],
)
def test_a_body_that_was_changed_on_the_way_is_told(signed: bytes, came: bytes, said: str) -> None:
    assert said in words(a_source(), replace(github(body=signed), body=came))


SIGNS_URL = {"signature": {"header": "x-sig"}, "message": ["url", "body"]}


@pytest.mark.parametrize(
    ("signed", "public", "said"),
    [
        (
            "https://hooks.example/in/x",
            "https://hooks.example/prod/in/x",
            "The signature fits the URL without /prod: https://hooks.example/in/x.",
        ),
        (
            "https://hooks.example/in/x/",
            "https://hooks.example/in/x",
            "The signature fits the URL with a slash at its end: https://hooks.example/in/x/.",
        ),
        (
            "http://hooks.example/in/x",
            "https://hooks.example/in/x",
            "The signature fits the URL with http: http://hooks.example/in/x.",
        ),
        (
            "https://called.example/in/x",
            "https://hooks.example/in/x",
            "The signature fits the URL that was called, not the source's public_url: "
            "https://called.example/in/x.",
        ),
    ],
)
def test_a_url_that_the_provider_knows_otherwise_is_told(signed: str, public: str, said: str) -> None:
    source = a_source(provider="hmac", scheme=SIGNS_URL, public_url=public)
    request = sign_request("hmac", SECRET, url=signed, body=b"{}", headers={}, now=NOW, scheme=SIGNS_URL)
    called = replace(request, url=signed if "called" in signed else public)
    assert said in words(source, called)


def test_the_host_that_a_proxy_was_called_by_is_tried_too() -> None:
    signed = sign_request(
        "hmac", SECRET, url="https://shop.example/in/x?n=1", body=b"{}", headers={}, now=NOW, scheme=SIGNS_URL
    )
    called = with_header(replace(signed, url=URL), "x-forwarded-host", "shop.example")
    source = a_source(provider="hmac", scheme=SIGNS_URL, public_url="https://hooks.example/in/x?n=1")
    said = "The signature fits the URL with the host of x-forwarded-host: https://shop.example/in/x."
    assert said in words(source, called)


def test_twilio_s_url_is_tried_too_though_its_rule_is_special() -> None:
    case = CASES["twilio"]
    request = sign_request(
        "twilio", case.signing, url=URL, body=case.body, headers=case.headers, now=NOW, options=case.options
    )
    source = replace(case.source(), public_url="https://hooks.example/prod/in/github-main")
    assert f"The signature fits the URL without /prod: {URL}." in words(source, request, case.stored)


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (f" {SECRET}\n", "The signature fits the secret without the blanks around it."),
        (f"whsec_{SECRET}", "The signature fits the secret without its prefix."),
    ],
)
def test_a_secret_that_was_stored_with_something_around_it_is_told(stored: str, said: str) -> None:
    assert said in words(a_source(), github(), stored)


HMAC: Callable[..., dict[str, Any]] = lambda **more: {"signature": {"header": "x-sig"}, **more}  # noqa: E731


@pytest.mark.parametrize(
    ("theirs", "ours", "said"),
    [
        (HMAC(algorithm="hmac-sha1"), HMAC(), "The signature is made with hmac-sha1."),
        (HMAC(key="hex"), HMAC(), "The signature fits the secret read as hex digits."),
        (
            {"signature": {"header": "x-sig", "encoding": "base64"}},
            HMAC(),
            "The signature is right and written as base64.",
        ),
    ],
)
def test_a_scheme_that_is_nearly_right_is_told(
    theirs: dict[str, Any], ours: dict[str, Any], said: str
) -> None:
    secret = "0123456789abcdef"
    request = sign_request("hmac", secret, url=URL, body=b"{}", headers={}, now=NOW, scheme=theirs)
    assert said in words(a_source(provider="hmac", scheme=ours), request, secret)


def test_a_time_is_told_in_minutes_with_what_the_source_takes_and_that_the_rest_is_right() -> None:
    request = sign_request("stripe", SECRET, url=URL, body=b"{}", headers={}, now=NOW - 14 * 60)
    said = words(a_source(provider="stripe"), request, code="timestamp_out_of_tolerance")
    assert said[1] == "The time is 14 minutes old; the source takes 5 minutes."
    assert said[2].startswith("The signature itself is right")


def test_a_header_that_is_missing_is_named_and_so_is_what_looks_like_another_provider_s() -> None:
    request = replace(github(), headers={"x-gitlab-signature": "abc"})
    said = words(a_source(), request, code="signature_missing")
    assert said == [
        "There was no signature.",
        "It is looked for in: x-hub-signature-256.",
        "These headers look like one: x-gitlab-signature. Is the source's provider right?",
    ]


def test_what_passes_now_is_said_to() -> None:
    found = diagnose(a_source(), refused(a_source(), github()), [SECRET])
    assert found.fits_now is True
    assert found.words[-1] == "With the source as it is now, its check passes."


def test_what_is_not_kept_whole_is_not_tried_and_that_is_said() -> None:
    found = diagnose(a_source(), refused(a_source(), github(), cut=True, size=99), [SECRET])
    assert found.fits_now is None
    assert found.words[-1].startswith("The check cannot be tried again: only 9 of its 99 bytes are kept")


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_word_tells_the_secret_or_what_would_have_been_right(name: str) -> None:
    case = CASES[name]
    wrong = replace(case.signed(), body=case.body + b" ")
    right = [value for key, value in case.signed().headers.items() if "sig" in key]
    said = " ".join(words(case.source(), wrong, case.stored))
    assert not case.stored or case.stored not in said
    assert not any(value in said for value in right)
