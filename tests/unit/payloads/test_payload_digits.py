"""A number passes filter and transform with the digits it came with; it is compared by its value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doorbell.domain.records import StoredEvent
from doorbell.payloads.errors import ComposeError
from doorbell.payloads.filters import Filters
from doorbell.payloads.transform import transformed

Make = Callable[..., StoredEvent]

BODY = (
    b'{"total":123456789012345.123456,"price":1.10,"count":1E5,"zero":-0,'
    b'"plain":1.5,"lines":[{"p":2.50},{"p":10.0},{"p":1e0}],"text":"1.10"}'
)


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("body", BODY),
        ("{a: body.total, b: body.price, c: body.count, d: body.zero}",
         b'{"a":123456789012345.123456,"b":1.10,"c":1E5,"d":-0}'),
        ("body.lines[].p", b"[2.50,10.0,1e0]"),
        ("sort(body.lines[].p)", b"[1e0,2.50,10.0]"),
        ("sort_by(body.lines, &p)[].p", b"[1e0,2.50,10.0]"),
        ("[max(body.lines[].p), min(body.lines[].p)]", b"[10.0,1e0]"),
        ("max_by(body.lines, &p).p", b"10.0"),
        ("abs(`-1.10`)", b"1.10"),
        ("[`1.10`, `1E5`, `-0`, `7`, `{\"n\": 2.50}`]", b'[1.10,1E5,-0,7,{"n":2.50}]'),
        ("to_number(body.text)", b"1.10"),
        ("to_number(body.price)", b"1.10"),
        ("to_string(body.lines)", b'"[{\\"p\\":2.50},{\\"p\\":10.0},{\\"p\\":1e0}]"'),
        ("to_string('\xe9')", '"é"'.encode()),
        ("[type(body.price), type(body.plain), type(body.text)]", b'["number","number","string"]'),
        ("[ceil(body.price), floor(body.price)]", b"[2,1]"),
        ("not_null(body.none, body.price)", b"1.10"),
        ("merge(`{\"a\":1.10}`, `{\"b\":2.0}`)", b'{"a":1.10,"b":2.0}'),
    ],
)  # fmt: skip
def test_digits_pass_a_transform_as_they_came(make_event: Make, expression: str, made: bytes) -> None:
    assert transformed(expression, make_event(), BODY) == made


@pytest.mark.parametrize(
    "expression",
    [
        "body.price == `1.1`",
        "body.price == `1.10`",
        "body.price == to_number('1.100')",
        "body.count == `100000`",
        "body.count > `99999.9` && body.count <= `1e5`",
        "body.total == `123456789012345.123456`",
        "body.total != `123456789012345.123457`",
        "body.total < `123456789012345.123457`",
        "body.zero == `0`",
        "body.lines[1].p == `10` && contains(body.lines[].p, `2.5`)",
        "body.price != `true` && body.lines[2].p != `true`",
        "body.price != body.text",
        "body.lines[?p == `1`] | length(@) == `1`",
        "sum(body.lines[].p) == `13.5`",
        "avg(body.lines[].p) == `4.5`",
        "body.lines == `[{\"p\":2.5},{\"p\":1E1},{\"p\":1}]`",
    ],
)  # fmt: skip
def test_numbers_are_compared_by_their_values(make_event: Make, expression: str) -> None:
    assert Filters().passes(expression, make_event().incoming, BODY)
    assert not Filters().passes(f"!({expression})", make_event().incoming, BODY)


@pytest.mark.parametrize("expression", ["to_number('1.1.0')", "to_number('1_0.5x')", "to_number('')"])
def test_a_text_that_is_no_number_becomes_none(make_event: Make, expression: str) -> None:
    assert transformed(f"[{expression}]", make_event(), BODY) == b"[null]"


def test_digits_are_paid_for_like_any_text(make_event: Make) -> None:
    body = b'{"n":1.%s,"l":[%s0]}' % (b"0" * 4000, b"0," * 43_999)
    with pytest.raises(ComposeError, match="too costly"):
        transformed(f"map(&`1.{'0' * 4000}`, body.l)", make_event(), body)


def test_a_number_beyond_every_float_makes_no_body(make_event: Make) -> None:
    with pytest.raises(ComposeError, match="not JSON"):
        transformed("body", make_event(), b"[1.10,1e999]")
