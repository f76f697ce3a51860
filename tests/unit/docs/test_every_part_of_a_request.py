"""Each part of a signed request is changed in turn: what docs/security.md says is signed is missed, and what
it says is not signed is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorbell.domain.errors import Refusal, SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell_cli.captured_requests import unsigned
from tests.unit.signatures.cases import CASES, Case, with_header

SIGNED = [name for name in sorted(CASES) if "travels" not in unsigned(CASES[name].entry) and name != "hmac"]
EVERY = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@cache
def signed(name: str) -> RawRequest:
    """The same each time: the signatures of some algorithms differ, and so do their lengths."""
    return CASES[name].signed()


def is_taken(case: Case, request: RawRequest) -> bool:
    try:
        return isinstance(case.examine(request), VerifiedEvent | Several)
    except (SignatureError, Refusal):
        return False


def is_the_same(case: Case, first: bytes, second: bytes) -> bool:
    """As JSON, of entries that take another spelling of what they sent; as a form whose names and values are
    signed side by side, as the table says, or one by one.
    """
    if "a form's name" in unsigned(case.entry):
        return _joined(first) == _joined(second)
    if case.entry.name in FIELD_BY_FIELD:
        return _fields(first) == _fields(second)
    try:
        return bool(json.loads(first) == json.loads(second))
    except ValueError:
        return False


FIELD_BY_FIELD = {"paddle.classic"}
"""Who signs what a form says: a separator more says nothing."""


def _joined(form: bytes) -> str:
    return "".join(sorted(name + value for name, value in _fields(form)))


def _fields(form: bytes) -> list[tuple[str, str]]:
    return parse_qsl(form.decode(), keep_blank_values=True)


def told(case: Case, value: str) -> str:
    """What a header says: as many separators and blanks as one likes are one, and either of two names for the
    signature is the same.
    """
    text = re.sub("[,; ]+", ",", value)
    first, *others = (case.entry.scheme.signature.key if case.entry.scheme else "").split("|")
    for other in others:
        text = text.replace(f"{other}=", f"{first}=")
    return text


def changed(text: bytes, at: int, how: str) -> bytes:
    """One byte is another one, is twice there, or is gone."""
    byte = text[at : at + 1]
    other = b"1" if byte == b"0" else b"0"
    return text[:at] + {"other": other, "twice": byte * 2, "gone": b""}[how] + text[at + 1 :]


WHOLE = {
    "adyen": "of its two forms the one that a header signs",
    "paypal": "by its CRC, which can be kept on purpose",
    "paytm": "all fields of a form, and nothing else of it",
    "plivo": "of a form that comes by POST",
}
"""Whose demo request is signed to its end, and other bodies are not, and why."""
HOW = st.sampled_from(["other", "twice", "gone"])


def added_headers(case: Case, request: RawRequest) -> Iterator[tuple[str, str]]:
    yield from ((name, text) for name, text in sorted(request.headers.items()) if name not in case.headers)


@pytest.mark.parametrize("name", SIGNED)
@EVERY
@given(data=st.data())
def test_a_body_that_is_said_to_be_signed_is_to_its_last_byte(name: str, data: st.DataObject) -> None:
    case, request = CASES[name], signed(name)
    if "of the body" in unsigned(case.entry) or not request.body:
        return
    at, how = data.draw(st.integers(0, len(request.body) - 1)), data.draw(HOW)
    body = changed(request.body, at, how)
    if body != request.body and is_taken(case, replace(request, body=body)):
        assert is_the_same(case, body, request.body), (at, how)


@pytest.mark.parametrize("name", SIGNED)
@EVERY
@given(data=st.data())
def test_a_header_of_the_proof_is_needed_as_it_is_and_another_changes_nothing(
    name: str, data: st.DataObject
) -> None:
    case, request = CASES[name], signed(name)
    assert is_taken(case, with_header(request, "x-of-a-stranger", data.draw(st.text("abc", max_size=3))))
    for header, text in added_headers(case, request):
        at, how = data.draw(st.integers(0, len(text) - 1)), data.draw(HOW)
        value = changed(text.encode(), at, how).decode()
        if told(case, value) != told(case, text) and is_taken(case, with_header(request, header, value)):
            assert is_taken(case, with_header(request, header, None)), (header, at, how)


@pytest.mark.parametrize("name", SIGNED)
def test_the_ends_of_a_proof_are_needed_as_they_are(name: str) -> None:
    """Where base64 has bits that say nothing."""
    case, request = CASES[name], signed(name)
    for header, text in added_headers(case, request):
        for at in {0, *range(max(0, len(text) - 4), len(text))}:
            for how in ("other", "twice", "gone"):
                value = changed(text.encode(), at, how).decode()
                if told(case, value) != told(case, text) and is_taken(
                    case, with_header(request, header, value)
                ):
                    assert is_taken(case, with_header(request, header, None)), (header, at, how)


PARTLY = [name for name in SIGNED if "of the body" in unsigned(CASES[name].entry)]


@pytest.mark.parametrize("name", PARTLY)
def test_a_body_that_is_not_wholly_signed_can_say_more_and_is_still_taken(name: str) -> None:
    case, request = CASES[name], signed(name)
    bodies = [request.body + b"&stranger=1", request.body[:-1] + b',"stranger":1}']
    is_open = any(is_taken(case, replace(request, body=body)) for body in bodies)
    assert is_open is (name not in WHOLE)


@pytest.mark.parametrize("name", [name for name in SIGNED if CASES[name].body.startswith(b"From=")])
def test_where_a_forms_name_ends_is_signed_or_the_table_says_that_it_is_not(name: str) -> None:
    case, request = CASES[name], signed(name)
    moved = replace(request, body=request.body.replace(b"From=", b"From", 1))
    assert is_taken(case, moved) is ("a form's name" in unsigned(case.entry))
