"""Numbers that are written as they came, and compared by what they say."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain import json_text
from doorbell.domain.digits import Digits, number

ODD = [
    "1.10", "1E5", "1e5", "1e+05", "-0", "-0.0", "0.10", "100.00", "123456789012345.123456", "1e-7",
    "0.0000001", "9007199254740993.0", "12345678901234567890.5", "3.141592653589793238462643383279", "1e-400",
    "1e-99999999999999999999", "-1.50E-3",
]  # fmt: skip
numbers = st.from_regex(r"\A-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?\Z")


@pytest.mark.parametrize("text", [*ODD, "1", "1.5", "0", "12345678901234567890123"])
def test_a_number_is_written_with_the_digits_it_came_with(text: str) -> None:
    for document in (text, f"[{text}]", f'{{"a":{text},"b":[{text},"{text}"]}}'):
        assert json_text.dumps(json_text.loads(document)) == document.encode()


@given(st.lists(numbers, max_size=5))
def test_any_numbers_are_written_as_they_came(texts: list[str]) -> None:
    document = "[" + ",".join(texts) + "]"
    assert json_text.dumps(json_text.loads_any(document)) == document.encode()


@given(numbers, numbers)
def test_two_numbers_are_compared_by_the_values_they_say(one: str, other: str) -> None:
    left, right = json_text.loads_any(f"[{one},{other}]")
    said, other_said = Fraction(one), Fraction(other)
    assert (left == right) == (said == other_said)
    assert (left < right) == (said < other_said)
    assert (left >= right) == (said >= other_said)
    if left == right:
        assert hash(Digits(one)) == hash(Digits(other))


def test_digits_beyond_every_float_still_tell_two_numbers_apart() -> None:
    one, other = json_text.loads("[123456789012345.123456,123456789012345.123457]")
    assert float(one) == float(other)
    assert one != other
    assert one < other


@pytest.mark.parametrize("text", ["1.5", "0.1", "123.456", "1e+16", "5e-324"])
def test_what_python_writes_as_it_came_stays_a_float(text: str) -> None:
    assert type(number(text)) is float


@pytest.mark.parametrize("other", [True, False, "1.0", None, [1], {}])
def test_a_number_equals_nothing_that_is_none(other: object) -> None:
    assert Digits("1.0") != other
    with pytest.raises(TypeError):
        Digits("1.0") < other  # noqa: B015


def test_it_calculates_as_the_float_it_is_nearest_to() -> None:
    ten = Digits("1E1")
    numbers: list[Any] = [ten, 1]
    assert (sum(numbers), sum(reversed(numbers)), float(ten)) == (11.0, 11.0, 10.0)
    assert (math.ceil(Digits("1.10")), math.floor(Digits("-1.10"))) == (2, -2)
    assert repr(abs(Digits("-1.10"))) == "1.10"
    numbers = [Digits("3.0"), 2, Digits("1.50")]
    assert sorted(numbers) == [1.5, 2, 3]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400", "-1E999"])
def test_what_no_number_can_hold_is_refused_as_ever(text: str) -> None:
    with pytest.raises(ValueError, match="is"):
        json_text.loads(f"[{text}]")


def test_a_text_that_looks_like_a_number_is_not_touched() -> None:
    value = {"a": Digits("1.10"), "b": "1.10", "1.10": ["x", Digits("2.20"), "é"]}
    assert json_text.dumps(value) == '{"a":1.10,"b":"1.10","1.10":["x",2.20,"é"]}'.encode()
    assert json_text.written(value).isascii()
    assert json.loads(json_text.dumps(value))["1.10"] == ["x", 2.2, "é"]


def test_half_a_surrogate_pair_beside_digits_is_written_as_it_came() -> None:
    assert json_text.dumps(["\ud800", Digits("1.10")]) == b'["\\ud800",1.10]'


def test_what_is_no_json_is_still_refused() -> None:
    with pytest.raises(TypeError, match="no JSON"):
        json_text.dumps({"a": object()})
    with pytest.raises(ValueError, match="JSON compliant"):
        json_text.dumps([float("inf"), Digits("1.10")])
