"""A source with a scheme of its own, set up in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from doorbell_cli.configuration import SOURCE
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_setup import (
    parameters,
    remove,
    spelled,
    values,
    without_times,
    write,
)
from tests.integration.ops.deployed import Doorbell

HMAC = "/new/source/hmac"
GIVEN = {
    "tenant": "acme", "source_id": "rides", "algorithm": "hmac-sha512", "key": "base64",
    "signature.at": "header", "signature.name": "x-rides-signature", "signature.prefix": "sha512=",
    "signature.encoding": "base64", "signature.packing": "pairs", "signature.key": "v1",
    "timestamp.at": "pair", "timestamp.name": "t", "timestamp.unit": "ms", "timestamp.tolerance": "60",
    "message": "timestamp\r\ntext:, \r\nbody\r\n", "dedupe.from": "header", "dedupe.key": "x-id",
    "event_type.from": "body", "event_type.key": "kind",
    "more": "scheme: {required: {x-v: '2'}}\r\ndescription: rides",
}  # fmt: skip
MADE: dict[str, Any] = {
    "scheme": {
        "algorithm": "hmac-sha512", "key": "base64",
        "signature": {"header": "x-rides-signature", "prefix": "sha512=", "encoding": "base64",
                      "packing": "pairs", "key": "v1"},
        "timestamp": {"pair": "t", "unit": "ms", "tolerance": 60},
        "message": ["timestamp", "text:, ", "body"], "required": {"x-v": "2"},
    },
    "dedupe": {"from": "header", "key": "x-id"}, "event_type": {"from": "body", "key": "kind"},
    "description": "rides",
}  # fmt: skip
LEAST = {"tenant": "acme", "source_id": "rides", "signature.name": "x-signature", "message": "body"}
KEY = [
    "-----BEGIN PUBLIC KEY-----",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOawmOlBkW9OF/5K7wn+kSHkViK6n",
    "CtJRnOuyRlfd6E3IkVqC1N2HLCGN8UkKfoL2LmEzlG7fmWOYc+V+QCXKzg==",
    "-----END PUBLIC KEY-----",
]
SECRET = "c29tZWJvZHkncyBvd24gc2VjcmV0LCBsb25nIGVub3VnaA=="


def checked(browser: Browser, given: dict[str, str]) -> str:
    return browser.page(f"{HMAC}?{urlencode({'check': 1, **given})}")


def test_every_part_of_the_form_is_in_the_item(doorbell: Doorbell, browser: Browser) -> None:
    browser.calls.clear()
    assert "Nothing is wrong with it." in checked(browser, GIVEN)
    assert browser.calls == []
    assert browser.send(HMAC, secret0=SECRET, **GIVEN) == "/sources/rides/first"
    made = values(doorbell, SOURCE, "rides")
    assert made.items() >= MADE.items()
    assert parameters(doorbell)[made["secrets"][0]] == SECRET


def test_the_least_that_is_said_makes_the_usual_scheme(doorbell: Doorbell, browser: Browser) -> None:
    browser.send(HMAC, secret0="somebody-s-own-secret", **LEAST)
    made = values(doorbell, SOURCE, "rides")
    assert made["scheme"] == {"signature": {"header": "x-signature"}, "message": ["body"]}
    assert {"dedupe", "event_type", "description"}.isdisjoint(made)


WRONG = [
    ({"signature.name": ""}, "signature.name", "needs it"),
    ({"message": "timestamp\nbody"}, "scheme.message", "a timestamp must be declared and signed"),
    ({"message": "corpus"}, "scheme.message", "no such part"),
    ({"message": "header:x-id"}, "scheme.message", "binds_body: false"),
    ({"algorithm": "hmac-md5"}, "scheme.algorithm", "weak: true"),
    ({"algorithm": "ed25519"}, "scheme.key", "a public key"),
    ({"signature.packing": "pairs"}, "scheme.signature.key", "name the signature"),
    ({"timestamp.at": "header", "timestamp.name": "x-t", "message": "timestamp\nbody",
      "timestamp.tolerance": "soon"}, "scheme.timestamp.tolerance", "whole number of seconds"),
    ({"dedupe.from": "header"}, "dedupe", "key"),
    ({"more": "scheme: {message: [url]}"}, "more", "scheme.message has a field of its own"),
    ({"more": "provider: github"}, "more", "provider has a field of its own"),
    ({"more": "a: ["}, "more", "is not YAML"),
    ({"more": "[weak]"}, "more", "must have fields of the item"),
    ({"more": "scheme: weak"}, "more", "scheme must have fields"),
    ({"more": "colour: red"}, "colour", ""),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field", "problem"), WRONG, ids=lambda one: str(one)[:40])
def test_what_is_wrong_names_its_field_and_makes_nothing(
    doorbell: Doorbell, browser: Browser, changes: dict[str, str], field: str, problem: str
) -> None:
    page = checked(browser, {**LEAST, **changes})
    told = page.partition('<p class="problem" role="alert">')[2]
    assert told.startswith(f"<strong>{field}")
    assert problem in told
    assert "Nothing is wrong" not in page
    browser.send(HMAC, 422, secret0="somebody-s-own-secret", **{**LEAST, **changes})
    assert SOURCE.table(doorbell.target).get("rides") is None
    assert parameters(doorbell) == {}


def test_what_is_weak_is_taken_where_it_is_said(browser: Browser) -> None:
    weak = {**LEAST, "algorithm": "hmac-md5", "more": "scheme: {weak: true}"}
    assert "Nothing is wrong with it." in checked(browser, weak)


def test_a_public_key_is_pasted_in_several_lines(doorbell: Doorbell, browser: Browser) -> None:
    given = {**LEAST, "algorithm": "ecdsa-p256-sha256", "key": "spki"}
    page = checked(browser, given)
    assert "Nothing is wrong with it." in page
    assert '<textarea name="secret0"' in page
    browser.send(HMAC, secret0="\r\n".join(KEY), **given)
    assert list(parameters(doorbell).values()) == ["\n".join(KEY)]


def test_what_was_typed_stands_in_the_form_again(browser: Browser) -> None:
    """A browser ends lines by two characters, one of which would be shown as a control character."""
    page = checked(browser, GIVEN)
    assert page.count("timestamp\ntext:, \nbody") == 2, "to be changed, and to be created"
    assert '<option value="hmac-sha512" selected>' in page


@pytest.mark.parametrize("way", ["command", "yaml", "put-item"])
def test_each_other_way_to_write_it_makes_the_same_item(
    doorbell: Doorbell, browser: Browser, tmp_path: Path, way: str
) -> None:
    browser.send(HMAC, secret0=SECRET, **GIVEN)
    before = values(doorbell, SOURCE, "rides")
    text = spelled(browser.page("/sources/rides/first"), way)
    remove(doorbell, SOURCE, "rides")
    write(doorbell, text, way, tmp_path)
    assert without_times(values(doorbell, SOURCE, "rides")) == without_times(before)
