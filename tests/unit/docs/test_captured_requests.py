"""What docs/security.md says of captured requests is what the gate does with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.errors import Refusal, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell_cli.captured_requests import good_for, signs_query, signs_url, unsigned, window, written
from tests.support.docs import page
from tests.unit.signatures.cases import CASES, NOW, with_url

SIGNED = [name for name in sorted(CASES) if "travels" not in unsigned(CASES[name].entry) and name != "hmac"]


def test_the_table_is_what_the_catalogue_says() -> None:
    assert page("docs/security.md") == written(page("docs/security.md")), "write it anew: make docs"


@pytest.mark.parametrize("name", SIGNED)
def test_a_url_that_is_said_to_be_signed_is(name: str) -> None:
    case = CASES[name]
    request = case.signed()
    proof_is_there = case.entry.scheme is not None and bool(case.entry.scheme.signature.query)
    keeps = proof_is_there and not signs_query(case.entry)
    query = request.raw_query if keeps else "tenant=2"
    changed = with_url(request, f"https://hooks.example.test/in/other?{query}")
    if not signs_url(case.entry) and not signs_query(case.entry):
        assert isinstance(case.examine(changed), VerifiedEvent)
        return
    with pytest.raises((SignatureError, Refusal)):
        case.examine(changed)


TIMES = {"jws": "issued"}
"""An option that says where the time stands. A source may go without it, and no request ages then."""


@pytest.mark.parametrize("name", SIGNED)
def test_a_captured_request_is_taken_for_as_long_as_is_said(name: str) -> None:
    case = CASES[name]
    case = replace(case, options={key: text for key, text in case.options.items() if key != TIMES.get(name)})
    seconds = window(case.entry)
    request = case.signed()
    late = NOW + (10 * 365 * 86_400 if seconds is None else seconds + 3600)
    if seconds is None:
        assert isinstance(case.examine(request, now=late), VerifiedEvent)
        return
    with pytest.raises(SignatureError):
        case.examine(request, now=late)


@pytest.mark.parametrize("name", SIGNED)
def test_a_header_that_is_said_to_make_a_new_key_does_and_no_other_can(name: str) -> None:
    case = CASES[name]
    request = case.signed()
    first = case.examine(request)
    assert isinstance(first, VerifiedEvent)
    keys = [text[7:].split("|")[0] for text in case.entry.dedupe if text.startswith("header:")]
    headers = {**request.headers, **{header: f"{request.headers.get(header, '')}x" for header in keys}}
    try:
        second = case.examine(replace(request, headers=headers))
    except SignatureError:
        return  # it is signed
    assert isinstance(second, VerifiedEvent)
    is_new = second.event_id != first.event_id
    assert is_new is ("under a new key" in good_for(case.entry)), keys
