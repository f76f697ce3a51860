"""Cursors: opaque, bound to their list, and checked as any input is."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.errors import Refusal
from doorbell.runtime.admin.cursors import MAX_KEY_BYTES, decode, encode

KINDS: dict[str, Any] = {"event_id": str, "at": float, "seen": list}


def raw(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(st.text(min_size=1, max_size=MAX_KEY_BYTES // 4), st.floats(-1e10, 1e10), st.lists(st.text()))
def test_a_place_comes_back_as_it_was(event_id: str, at: float, seen: list[str]) -> None:
    place = {"event_id": event_id, "at": at, "seen": seen}
    assert decode("events/acme", encode("events/acme", place), **KINDS) == place


def test_the_end_has_no_cursor_and_no_cursor_is_the_beginning() -> None:
    assert encode("x", None) is None
    assert decode("x", None, **KINDS) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%%%",
        "é",
        raw([]),
        raw({"of": "x"}),
        raw({"of": "y", "event_id": "e", "at": 1, "seen": []}),
        raw({"of": "x", "event_id": "", "at": 1, "seen": []}),
        raw({"of": "x", "event_id": "é" * (MAX_KEY_BYTES // 2 + 1), "at": 1, "seen": []}),
        raw({"of": "x", "event_id": "\ud800", "at": 1, "seen": []}),
        raw({"of": "x", "event_id": "e", "at": True, "seen": []}),
        raw({"of": "x", "event_id": "e", "at": 1e300, "seen": []}),
        raw({"of": "x", "event_id": "e", "at": float("nan"), "seen": []}),
        raw({"of": "x", "event_id": "e", "at": 1, "seen": [], "more": 1}),
        raw({"of": "x", "event_id": "e", "at": 1, "seen": [], "by": 7}),
        raw({"of": "x", "event_id": "e", "at": 1, "seen": [], "by": "other"}),
    ],
)
def test_what_is_no_cursor_of_the_list_is_refused(cursor: str) -> None:
    with pytest.raises(Refusal) as refused:
        decode("x", cursor, **KINDS)
    assert (refused.value.status, refused.value.code) == (422, "bad_cursor")


@given(
    began=st.dictionaries(st.sampled_from(["type", "state"]), st.none() | st.text()),
    asked=st.dictionaries(st.sampled_from(["type", "state"]), st.none() | st.text()),
)
def test_a_cursor_goes_on_with_the_filters_with_which_it_began_and_no_others(
    began: dict[str, str | None], asked: dict[str, str | None]
) -> None:
    place = {"event_id": "e", "at": 1.0, "seen": []}
    cursor = encode("x", place, began)
    assert decode("x", cursor, began, **KINDS) == place
    if {n: v for n, v in began.items() if v is not None} == {n: v for n, v in asked.items() if v is not None}:
        assert decode("x", cursor, asked, **KINDS) == place
    else:
        with pytest.raises(Refusal, match="filters"):
            decode("x", cursor, asked, **KINDS)


def test_what_was_looked_for_does_not_stand_in_a_cursor() -> None:
    cursor = encode("x", {"at": 1.0}, {"text": "a customer's name"})
    assert cursor is not None
    assert b"customer" not in urlsafe_b64decode(cursor + "==")
