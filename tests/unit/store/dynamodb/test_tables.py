"""How values travel: as boto3's own serializer writes them, and back."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from doorbell.store.dynamodb.tables import marshal, unmarshal

SCALARS = st.one_of(
    st.text(), st.booleans(), st.integers(-(10**37), 10**37), st.binary(), st.none(), st.just(Decimal("0.25"))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
MOMENTS = st.floats(0, 4e9, allow_nan=False).map(lambda moment: round(moment, 6))


@given(st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=6))
def test_written_as_boto3_writes(values: dict[str, Any]) -> None:
    serialize = TypeSerializer().serialize
    theirs = {name: serialize(value) for name, value in values.items() if value is not None}
    assert marshal(values) == theirs


@given(st.dictionaries(st.text(min_size=1, max_size=8), VALUES.filter(lambda v: v is not None), max_size=6))
def test_read_back_as_written(values: dict[str, Any]) -> None:
    assert unmarshal(marshal(values)) == values


@given(MOMENTS)
def test_a_moment_comes_back_as_it_was_and_is_a_number_to_boto3(moment: float) -> None:
    item = marshal({"at": moment})
    assert unmarshal(item) == {"at": moment}
    assert float(TypeDeserializer().deserialize(item["at"])) == moment


@given(st.floats(-1e12, 1e12) | st.floats(1, 2**33) | st.floats(0, 2))
def test_a_float_has_six_places_and_no_digit_more_than_tells_it(number: float) -> None:
    rounded = round(number, 6)
    shortest = str(int(rounded) if rounded.is_integer() else rounded)
    assert marshal({"at": number}) == {"at": {"N": shortest}}


def test_a_whole_float_is_written_as_the_int_it_is() -> None:
    assert marshal({"at": 1_795_425_663.0}) == {"at": {"N": "1795425663"}}
    assert marshal({"at": 0.123_456_789}) == {"at": {"N": "0.123457"}}


@pytest.mark.parametrize(
    ("digits", "number"), [("1E+2", 100), ("-3", -3), ("0.5", 0.5), ("2.0", 2), ("1" * 38, int("1" * 38))]
)
def test_numbers_as_dynamodb_may_write_them(digits: str, number: float) -> None:
    read = unmarshal({"n": {"N": digits}})["n"]
    assert (read, type(read)) == (number, type(number))


def test_sets_which_people_write_are_read_and_written_back() -> None:
    item = {"s": {"SS": ["a", "b"]}, "n": {"NS": ["1", "2.5"]}, "b": {"BS": [b"x"]}}
    values = {"s": {"a", "b"}, "n": {1, 2.5}, "b": {b"x"}}
    assert unmarshal(item) == values
    assert unmarshal(marshal(values)) == values


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), object(), set(), {1, "a"}, {True}, Decimal("NaN")]
)
def test_what_no_item_can_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be written"):
        marshal({"value": value})


@pytest.mark.parametrize("value", [10**38, -(10**38), Decimal("1." + "1" * 38)])
def test_a_number_of_too_many_digits_is_refused(value: Decimal) -> None:
    with pytest.raises(OverflowError, match="more than 38 digits"):
        marshal({"value": [value]})


def test_a_type_that_dynamodb_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="'X'"):
        unmarshal({"value": {"X": "1"}})


def test_bytes_are_read_as_they_travel_and_as_the_client_gives_them() -> None:
    item = {
        "body": {"B": "AP8="},
        "B": {"S": "AP8="},
        "in": {"M": {"B": {"B": "AQ=="}, "list": {"L": [{"B": ""}]}}},
        "all": {"BS": ["AA=="]},
    }
    read = {"body": b"\x00\xff", "B": "AP8=", "in": {"B": b"\x01", "list": [b""]}, "all": {b"\x00"}}
    assert unmarshal(item) == unmarshal(marshal(read)) == read


def test_bytes_that_did_not_come_whole_are_never_taken_for_shorter_ones() -> None:
    with pytest.raises(ValueError, match="padding"):
        unmarshal({"body": {"B": "AP8"}})
