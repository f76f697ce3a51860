"""A plain filter's sure no is what evaluating it gives: false, and no error."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doorbell.domain import json_text
from doorbell.payloads.expressions import ExpressionError, evaluate
from doorbell.payloads.filters import FILTER_STEPS, is_true
from doorbell.payloads.plain_filters import (
    MAX_CHARS,
    MAX_ELEMENTS,
    MAX_PARTS,
    MAX_TEXT_CHARS,
    says_no,
)

FIELDS = ("body.a", "body.a.b", 'body."a b".c', "headers.x", 'headers."x-y"', "event.type", "body.none")
TEXTS = ("", "a", "ab", "x" * 20, "é\n", "0", "01", "true")
NUMBERS = ("0", "1", "-1", "7", "123456789012345", "01", "-0", "1.0", "9007199254740993")
CALLS = ("starts_with", "ends_with", "contains")

gaps = st.sampled_from(["", " ", "\n\t ", "\r"])
fields, texts, numbers = st.sampled_from(FIELDS), st.sampled_from(TEXTS), st.sampled_from(NUMBERS)
calls = st.builds("{}({}{},{}'{}'{})".format, st.sampled_from(CALLS), gaps, fields, gaps, texts, gaps)
with_texts = st.builds("{}{}{}'{}'".format, fields, gaps, st.sampled_from(["==", "!="]), texts)
orders = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
with_numbers = st.builds("{}{}{}`{}`".format, fields, orders, gaps, numbers)
parts = st.one_of(calls, with_texts, with_numbers, fields)
joints = st.sampled_from(["&&", " && ", "||", " || "])
plain = st.builds(
    lambda first, more: first + "".join(joint + part for joint, part in more),
    parts,
    st.lists(st.tuples(joints, parts), max_size=4),
)
pieces = st.sampled_from(
    [
        *FIELDS,
        *(
            "&&",
            "||",
            "|",
            "&",
            "!",
            "(",
            ")",
            "[",
            "]",
            "==",
            "<",
            "'a'",
            "`1`",
            "`true`",
            "@",
            ",",
            " ",
            "\x0b",
        ),
    ]
    + [f"{name}(" for name in (*CALLS, "abs", "type", "nothing")]
)
anything = st.lists(pieces, max_size=9).map("".join)
scalars = st.one_of(
    st.none(), st.booleans(), st.sampled_from([0, 1, -1, 7, 8, 0.5, 1.0, 123456789012345]), texts
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=3),
    st.fixed_dictionaries({}, optional={"b": scalars, "c": st.lists(texts, max_size=2)}),
    st.sampled_from(["1.10", "1E0", "-0", "1e400"]).map(
        json_text.loads_any
    ),  # numbers that keep their digits
)
views = st.fixed_dictionaries(
    {
        "event": st.fixed_dictionaries({"type": texts}),
        "body": st.one_of(values, st.fixed_dictionaries({}, optional={"a": values, "a b": values})),
        "headers": st.fixed_dictionaries({}, optional={"x": texts, "x-y": texts}),
    }
)


def evaluated(expression: str, view: object) -> bool | str:
    try:
        return is_true(evaluate(expression, view, steps=FILTER_STEPS))
    except ExpressionError as error:
        return str(error)


@given(plain, views)
@example("starts_with(body.a,'a')&&body.none", {"body": {"a": 1}, "headers": {}, "event": {}})
@example("body.a==`1`", {"body": {"a": json_text.loads_any("1E0")}, "headers": {}, "event": {}})
@example("body.a<`1`", {"body": {"a": json_text.loads_any("1E-1")}, "headers": {}, "event": {}})
@example("body.a", {"body": {"a": json_text.loads_any("0E0")}, "headers": {}, "event": {}})
@example("body.a==`1`", {"body": {"a": True}, "headers": {}, "event": {}})
@example("body.a", {"body": {"a": 0}, "headers": {}, "event": {}})
def test_a_sure_no_is_a_no_of_the_whole_evaluation(expression: str, view: dict[str, Any]) -> None:
    if says_no(expression, view):
        assert evaluated(expression, view) is False


@given(anything, views)
def test_what_is_no_plain_filter_or_no_filter_at_all_is_not_told(
    expression: str, view: dict[str, Any]
) -> None:
    if says_no(expression, view):
        assert evaluated(expression, view) is False


VIEW = {
    "body": {"a": "acct_1", "n": 7, "list": ["bug", "ui"], "empty": "", "flag": True, "deep": {"a b": "x"}},
    "headers": {"x-event": "push"},
    "event": {"type": "push"},
}
SPELLED = {"body": {"a": "01", "b": "-0", "c": "1.0", "d": "it's", "e": "\\"}}


@pytest.mark.parametrize(
    "expression",
    [
        "body.a == 'acct_2'",
        " body.a=='acct_2'\n",
        "body.a != 'acct_1'",
        "body.missing == 'x'",
        "body.missing.too > `3`",
        "starts_with(body.a, 'acme_')",
        "ends_with(body.a, '_2')",
        "contains(body.a, 'zz')",
        "contains(body.list, 'b')",
        "body.n == `8`",
        "body.n == '7'",
        "body.n < `7`",
        "body.n > `7`",
        "body.n <= `6`",
        "body.n >= `8`",
        "body.n != `7`",
        "body.a == `7`",
        "body.empty",
        "body.missing",
        "body.deep.\"a b\" == 'y'",
        "headers.\"x-event\" == 'pull_request'",
        "event.type == 'pull_request' && abs == 'x' && body.n".replace("abs", "body.a"),
        "body.n == `7` && body.a == 'acct_2'",
        "body.a == 'acct_2' && starts_with(body.n, 'x')",
        "body.a == 'acct_2' || body.a == 'acct_3' || body.n > `9`",
        "body.a == '&&' || body.a == '||' && body.n",
    ],
)
def test_the_usual_filters_are_told_their_no_without_an_evaluation(expression: str) -> None:
    assert says_no(expression, VIEW)
    assert evaluated(expression, VIEW) is False


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("body.a == 'acct_1'", True),
        ("body.a == 'acct_2' || body.n == `7`", True),
        ("body.a == 'acct_2' && body.n == `7` || body.flag", True),
        ("starts_with(body.n, 'x')", "starts_with() was given a value of type number"),
        ("starts_with(body.n, 'x') && body.missing", "starts_with() was given a value of type number"),
        ("body.missing || starts_with(body.n, 'x')", "starts_with() was given a value of type number"),
        ("body.a < `7`", "values of these types cannot be compared or combined"),
        ("body.a == 'acct_2' && no_such(body.a)", "there is no function no_such()"),
        ("body.a == 'acct_2' && (", None),
        ("body.a == 'acct_2' &&", None),
        ("body.a == 'acct_2'\x0b", None),
        ("\x0bbody.a == 'acct_2'", None),
        ("body.a\u00a0== 'acct_2'", None),
        ("body.a == '\\' || body.n == '\\'", None),
    ],
)
def test_a_yes_an_error_and_a_doubt_are_left_to_the_evaluation(
    expression: str, result: bool | str | None
) -> None:
    assert not says_no(expression, VIEW)
    found = evaluated(expression, VIEW)
    assert found == result if result is not None else isinstance(found, str)


@pytest.mark.parametrize(
    "expression",
    ["body.a == `01`", "body.b == `-0`", "body.c == `1.0`", "body.d == 'it\\'s'", "body.e == '\\'"],
)
def test_a_spelling_that_means_something_else_in_jmespath_is_left_to_it(expression: str) -> None:
    """A number that JSON does not write so is a text there, and so is what a backslash escapes."""
    assert not says_no(expression, SPELLED)


def test_a_number_that_json_does_not_write_so_is_a_text() -> None:
    with pytest.warns(PendingDeprecationWarning):
        assert evaluated("body.a == `01`", SPELLED) is True


@pytest.mark.parametrize(
    ("expression", "body"),
    [
        ("body.a == '" + "x" * MAX_CHARS + "'", {}),
        (" || ".join(["body.a"] * (MAX_PARTS + 1)), {}),
        ("contains(body.a, 'b')", {"a": "a" * (MAX_TEXT_CHARS + 1)}),
        ("contains(body.a, 'b')", {"a": ["a"] * (MAX_ELEMENTS + 1)}),
        ("contains(body.a, 'b')", {"a": [["a"]]}),
    ],
    ids=["long", "many parts", "long text", "many elements", "nested"],
)
def test_what_may_be_costly_is_left_to_the_evaluation_which_is_charged_for_it(
    expression: str, body: dict[str, Any]
) -> None:
    assert not says_no(expression, {"body": body})


def test_the_costliest_plain_filter_costs_less_than_a_filter_may() -> None:
    """So one that says no here is not too costly there."""
    part = "contains(body.a,'b')"
    expression = "||".join([part] * (MAX_CHARS // (len(part) + 2)))
    for costly in ("a" * MAX_TEXT_CHARS, ["a" * 256] * MAX_ELEMENTS):
        view = {"body": {"a": costly}}
        assert says_no(expression, view)
        assert evaluated(expression, view) is False
