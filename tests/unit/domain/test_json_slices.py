"""Elements of a JSON text, as they were written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.json_slices import slices
from doorbell.domain.paths import scalar, to_list, walk, walk_all

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
EVENTS = st.fixed_dictionaries({"meta": values, "events": st.lists(values, max_size=6), "more": values})


@given(st.lists(values, max_size=6), st.sampled_from([None, 0, 2]), st.booleans())
def test_slices_are_the_elements(elements: list[Any], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(elements, indent=indent, ensure_ascii=ascii_only)
    assert [json.loads(one) for one in slices(text, ["[]"], 1000)] == elements


@given(EVENTS, st.sampled_from([None, 1]))
def test_slices_below_a_member_are_found_among_others(whole: dict[str, Any], indent: int | None) -> None:
    text = f"  {json.dumps(whole, indent=indent)}\n"
    found = slices(text, ["events", "[]"], 1000)
    assert [json.loads(one) for one in found] == walk_all(whole, ["events", "[]"]) == whole["events"]


def test_no_digit_and_no_blank_of_an_element_changes() -> None:
    text = '{ "a" : [ {"n" : 1.10, "s":"]},["} ,-0 , "x"]}'
    assert slices(text, ["a", "[]"], 9) == ['{"n" : 1.10, "s":"]},["}', "-0", '"x"']


def test_lists_within_lists_are_looked_through() -> None:
    text = '{"entry":[{"changes":[1,2]},{"no":0},{"changes":[3]}]}'
    assert slices(text, ["entry", "[]", "changes", "[]"], 9) == ["1", "2", "3"]


def test_of_a_name_given_twice_the_last_counts_as_for_any_reader() -> None:
    assert slices('{"a":[1],"a":[2]}', ["a", "[]"], 9) == ["2"]


@pytest.mark.parametrize("text", ["{}", "[]", '{"a":{}}', '{"a":1}', '"a"', "7", '{"b":[1]}'])
def test_where_no_list_is_there_are_no_elements(text: str) -> None:
    assert slices(text, ["a", "[]"], 9) == []


def test_no_more_are_cut_out_than_one_beyond_the_most() -> None:
    assert len(slices(json.dumps(list(range(100))), ["[]"], 10)) == 11


@pytest.mark.parametrize("text", ["[1,", "[1 2]", "[,1]", '[{"a":[1}]', '[{"a" [1]}]', "[nul]", "[1", "["])
def test_what_is_no_json_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|no ,"):
        slices(text, ["[]"], 9)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("events.[].type", "events.[]"), ("[].event", "[]"), ("[]", "[]"), ("type", ""), ("", ""),
     ("entry.[].changes.[].field", "entry.[].changes.[]"), ("a[].b", "")],
)  # fmt: skip
def test_the_elements_of_a_path_end_at_its_last_list(path: str, expected: str) -> None:
    assert to_list(path) == expected


def test_a_path_leads_through_names_numbers_and_what_all_agree_on() -> None:
    data = {"a": [{"b": 1, "c": "x"}, {"b": 2, "c": "x"}]}
    assert [walk(data, path) for path in ("a.1.b", "a.[].c", "a.[].b", "a.9.b", "z.b")] == [
        2, "x", None, None, None,
    ]  # fmt: skip
    values: list[object] = [True, 1, 1.5, "x", None, []]
    assert [scalar(one) for one in values] == ["true", "1", "1.5", "x", None, None]
