"""Every provider: what is signed as it signs is accepted, and no single change of it is.

`FUZZ_CASES` sets how many changes are tried in all, for each kind of change.
"""

from __future__ import annotations

import os
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.signatures.catalogue import names
from tests.unit.signatures.cases import CASES, NOW, Case, with_header, with_url

PROPERTY = settings(
    max_examples=int(os.environ.get("FUZZ_CASES", "3000")) // 250,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    print_blob=True,
)
FORMS = ("twilio", "mandrill", "plivo", "braintree", "paytm", "paddle.classic")
FETCHED = ("sns", "alexa", "adobe-events")
"""Their keys are fetched: no secret is stored."""
everyone = pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)


def only(which: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", which, ids=lambda case: case.name)


def refused(case: Case, request: RawRequest, now: float = NOW) -> str:
    with pytest.raises(SignatureError) as caught:
        case.examine(request, now=now)
    return caught.value.reason


def test_every_catalogue_entry_has_a_case() -> None:
    assert set(CASES) == set(names())
    assert len(CASES) >= 60


@everyone
def test_signed_request_is_accepted(case: Case) -> None:
    event = case.examine(case.signed())
    assert isinstance(event, VerifiedEvent)
    assert event.provider == case.name
    assert event.event_id.startswith("evt_")


@everyone
def test_request_signed_with_another_secret_is_refused(case: Case) -> None:
    others = {
        "discord": "00" * 31 + "01",
        "standard-webhooks.ed25519": "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
        "contentful": "d" * 64,
        "adyen": "cd" * 32,
    }
    other = others.get(case.name, "whsec_" + "B" * 32 if case.stored.startswith("whsec_") else "another")
    if case.name in FETCHED:
        assert not case.entry.needs_secret
        return
    with pytest.raises(SignatureError):
        case.examine(case.signed(), secrets=[other])


@everyone
def test_request_without_any_secret_stored_is_refused(case: Case) -> None:
    if case.name in FETCHED:
        assert not case.entry.needs_secret
        return
    for secrets in ([], [""]):
        with pytest.raises(SignatureError) as caught:
            case.examine(case.signed(), secrets=secrets)
        if case.entry.needs_secret:
            assert caught.value.reason == "secret_missing"


@everyone
def test_request_with_nothing_signed_is_refused(case: Case) -> None:
    bare = RawRequest(
        case.method, "https://hooks.example.test/in/source", "/in/source", "", case.headers, case.body
    )
    refused(case, bare)


def added_headers(case: Case, request: RawRequest) -> list[str]:
    return sorted(set(request.headers) - set(case.headers))


HEADERED = [case for case in CASES.values() if added_headers(case, case.signed())]


@only(HEADERED)
@PROPERTY
@given(data=st.data())
def test_one_character_changed_in_a_signed_header_is_refused(case: Case, data: st.DataObject) -> None:
    request = case.signed()
    name = data.draw(st.sampled_from(added_headers(case, request)))
    value = request.headers[name]
    # A share of the length, as that of an ECDSA signature is not always the same.
    at = data.draw(st.integers(0, 9999)) * len(value) // 10_000
    character = data.draw(st.characters(min_codepoint=32, max_codepoint=0x2FF))
    changed = value[:at] + character + value[at + 1 :]
    assume(changed.lower() != value.lower() and changed.strip() != value)
    refused(case, with_header(request, name, changed))


@only(HEADERED)
def test_removed_emptied_or_repeated_header_is_refused(case: Case) -> None:
    request = case.signed()
    for name in added_headers(case, request):
        value = request.headers[name]
        for changed in (None, "", f"{value},{value}"):
            refused(case, with_header(request, name, changed))


@only([case for case in CASES.values() if case.signs_body])
@PROPERTY
@given(data=st.data())
def test_one_byte_changed_in_the_body_is_refused(case: Case, data: st.DataObject) -> None:
    request = case.signed()
    body = request.body
    at = data.draw(st.integers(0, len(body) - 1))
    changed = body[:at] + bytes([data.draw(st.integers(0, 255))]) + body[at + 1 :]
    assume(changed != body and not same_form(case, body, changed))
    refused(case, replace(request, body=changed))


def same_form(case: Case, body: bytes, changed: bytes) -> bool:
    """Whether both bodies are one and the same form, spelt differently (`%2b` for `%2B`)."""
    if case.name not in FORMS:
        return False
    try:
        one, other = (parse_qs(text.decode(), keep_blank_values=True) for text in (body, changed))
    except ValueError:
        return False
    return one == other or flat(one) == flat(other)


def flat(form: dict[str, list[str]]) -> str:
    """Names and values run together, which is all that Twilio and Plivo sign of a form."""
    return "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))


@only([case for case in CASES.values() if case.signs_body])
def test_byte_added_or_cut_at_the_body_is_refused(case: Case) -> None:
    request = case.signed()
    for changed in (request.body + b"x", b"x" + request.body, request.body[:-1]):
        if not same_form(case, request.body, changed):
            refused(case, replace(request, body=changed))


@only([case for case in CASES.values() if case.signs_url])
def test_another_url_is_refused_where_the_url_is_signed(case: Case) -> None:
    request = case.signed()
    for url in (request.url.replace("tenant=1", "tenant=2"), request.url.replace("/in/source", "/in/other")):
        refused(case, with_url(request, url))


@only([case for case in CASES.values() if case.tolerance is not None])
def test_request_too_old_is_refused_and_one_just_in_time_is_not(case: Case) -> None:
    tolerance = case.tolerance or 0
    request = case.signed()
    assert refused(case, request, now=NOW + tolerance + 2) == "timestamp_out_of_tolerance"
    is_a_token = case.entry.special == "jwt_request" and "exp" in case.entry.parameters.get("requires", "exp")
    in_time = NOW + (59 if is_a_token else tolerance - 1)
    assert isinstance(case.examine(request, now=in_time), VerifiedEvent)


@only([case for case in CASES.values() if case.ahead is not None])
def test_request_from_the_future_is_refused(case: Case) -> None:
    request = case.signed()
    assert refused(case, request, now=NOW - (case.ahead or 0) - 2) == "timestamp_out_of_tolerance"


@only([case for case in CASES.values() if case.name not in (*FETCHED, "paypal")])
def test_either_of_two_secrets_is_enough_while_one_is_rotated(case: Case) -> None:
    request = case.signed()
    for secrets in ([case.stored, "broken"], ["broken", case.stored]):
        assert isinstance(case.examine(request, secrets=secrets), VerifiedEvent)
