"""Expressions are checked when written and bounded when evaluated."""

import contextlib
import re
import time

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.payloads.expressions import MAX_EXPRESSION_CHARS, ExpressionError, evaluate, problem_with
from doorbell.payloads.meter import MAX_STRING_CHARS

VIEW = {"body": {"items": [{"id": n, "tag": f"t{n}"} for n in range(2000)], "name": "s3cret-value"}}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
FRAGMENTS = st.sampled_from(
    ["a", ".b", "[0]", "[]", "[*]", "|", "@", "[?a == `1`]", "[@,@]", "{x:a}", "length(@)", "to_string(@)",
     "sort_by(@,&a)", " || ", " && ", "!", "a == b", "[::2]", "join(',',@)", "*", "(", ")", "`[1,2]`", "'x'",
     "keys(@)", "merge(@,@)", "&a", "map(&a,@)", "contains(@,'x')", " < ", "[::0]", "-1", "\"c\""]
)  # fmt: skip
EXPRESSIONS = st.lists(FRAGMENTS, min_size=1, max_size=8).map("".join)


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("body.[", "not JMESPath"),
        ("", "not JMESPath"),
        ("a" * (MAX_EXPRESSION_CHARS + 1), "longer than"),
        ("(" * 1500 + "a" + ")" * 1500, "nested too deeply"),
        ("!" * 300 + "a", "nested too deeply"),
        ("lenght(body.items)", "no function lenght()"),
        ("length(body.items, body)", "takes 1 arguments, not 2"),
        ("not_null()", "takes 1 or more arguments, not 0"),
        ("sort_by(body.items, id)", "argument 2 must"),
        ("length(&id)", "argument 1 cannot"),
        ("&body", "&…"),
        ("body.items[::0]", "step cannot be 0"),
    ],
)
def test_what_could_never_be_evaluated_is_refused_when_it_is_written(expression: str, part: str) -> None:
    problem = problem_with(expression)
    assert problem is not None
    assert part in problem
    with pytest.raises(ExpressionError, match=f"^{re.escape(problem)}$"):
        evaluate(expression, VIEW, steps=100_000)


@pytest.mark.parametrize(
    "expression", ["body.items[?id > `5`].tag | [0]", "sort_by(body.items, &id)[-1].id", "@"]
)
def test_sound_expression_has_no_problem_and_a_value(expression: str) -> None:
    assert problem_with(expression) is None
    assert evaluate(expression, VIEW, steps=100_000) == jmespath.search(expression, VIEW)


@pytest.mark.parametrize(
    "expression",
    [
        "|".join(["[@,@]"] * 60),
        "body|" + "|".join(["map(&[@,@],[@])[]"] * 30),
        "body.items|" + "|".join(["map(&`[1,2,3,4,5,6,7,8,9]`,@)[]"] * 30),
        "body.name|" + "|".join(["[@,@]|join('',@)"] * 30),
        "body.items|map(&`[[1,2,3],[1,2,3],[1,2,3],[1,2,3]]`,@)|map(&to_string(@),@)|[[@,@],[@,@]]|[[@,@],[@,@]]",
        "join(to_string(body.items), body.items[].tag)",
        "body.items|map(&`[1,2,3,4,5,6,7,8,9]`,@)|[@ == @, @ == @, @ == @, @ == @, @ == @, @ == @, @ == @]",
    ],
)
def test_expression_that_grows_without_bound_is_stopped_soon(expression: str) -> None:
    started = time.thread_time()  # of the processor: a busy machine is no matter
    with pytest.raises(ExpressionError, match="too costly"):
        evaluate(expression, VIEW, steps=100_000)
    assert time.thread_time() - started < 5


def test_result_made_of_one_literal_many_times_is_measured_before_it_is_written_out() -> None:
    expression = "body.items|map(&`[1,2,3,4,5,6,7,8,9]`,@)"
    assert len(evaluate(expression, VIEW, steps=20_000)) == 2000
    with pytest.raises(ExpressionError, match="too costly"):
        evaluate(expression, VIEW, steps=20_000, whole=True)


@pytest.mark.parametrize(
    ("expression", "enough", "scarce"),
    [
        ("body.items[*].id", 2_100, 1_900),
        ("map(&`[1,2,3,4,5,6,7,8,9]`, body.items)[]", 41_000, 30_000),
        ("body.items == body.items", 21_000, 15_000),
        ("sort_by(body.items, &id)", 4_100, 3_000),
    ],
)
def test_every_step_is_paid_for(expression: str, enough: int, scarce: int) -> None:
    assert evaluate(expression, VIEW, steps=enough)
    with pytest.raises(ExpressionError, match="too costly"):
        evaluate(expression, VIEW, steps=scarce)


def test_text_beyond_the_limit_is_not_joined() -> None:
    view = {"big": "x" * (MAX_STRING_CHARS // 2), "two": ["a"], "four": ["a"] * 4}
    assert evaluate("join(big, two)", view, steps=10_000_000)
    with pytest.raises(ExpressionError, match="too costly"):
        evaluate("join(big, four)", view, steps=10_000_000)


@pytest.mark.parametrize(
    "expression", ["abs(body.name)", "body.name < `3`", "sum(body.items[].tag)", "join(body, @)"]
)
def test_reason_of_a_failure_shows_nothing_of_the_event(expression: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(expression, VIEW, steps=100_000)
    assert "s3cret" not in str(caught.value)
    assert "t17" not in str(caught.value)
    assert caught.value.__suppress_context__


@given(expression=EXPRESSIONS, data=JSON)
def test_bounded_evaluation_agrees_with_the_library_or_fails_as_an_expression_error(
    expression: str, data: object
) -> None:
    try:
        ours = evaluate(expression, data, steps=100_000)
    except ExpressionError:
        return
    assert ours == jmespath.search(expression, data) or "&" in expression


@pytest.mark.filterwarnings("ignore:deprecated string literal")  # AWS CLI users write it
@given(expression=st.text(max_size=40) | st.text("`\"'[]{}a1&@?|. ()*!", max_size=20), data=JSON)
def test_any_text_as_an_expression_is_a_value_or_an_expression_error(expression: str, data: object) -> None:
    problem = problem_with(expression)
    assert problem is None or "\n" not in problem
    if problem is not None:
        with pytest.raises(ExpressionError):
            evaluate(expression, data, steps=10_000)
        return
    with contextlib.suppress(ExpressionError):
        evaluate(expression, data, steps=10_000)
