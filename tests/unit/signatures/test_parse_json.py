"""Two parsers, one reading: whichever takes a body, its facts are what the standard library reads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.signatures.parsing import parse_json

NUMBERS = (
    b"NaN", b"Infinity", b"-Infinity", b"-NaN", b"Inf", b"+1", b"01", b"-0", b"-0.0", b"1.", b".5", b"1e",
    b"1E5", b"1e400", b"1e-400", b"5e-324", b"2.2250738585072011e-308", b"9007199254740993.0", b"1_0",
    b"18446744073709551616", b"-9223372036854775809", b"0x1",
)  # fmt: skip
TEXTS = (
    b'"\\u0000"', b'"\\ud800"', b'"\\ud83dA"', b'"\\ud83d\\ude00"', b'"\xed\xa0\x80"', b'"\xc3\x28"',
    b'"\xff"', b'"\x00"', b'"\n"', b'"\x7f"', b'"\\x41"', b"'a'", b'"a', b'"\\/\\b\\f"',
)  # fmt: skip
OTHERS = (
    b"", b" ", b"\x0b1", b"\t\r\n 1 ", b"1 2", b"[1,]", b'{"a":1,}', b'{"a":1,"b":2,"a":3}', b"\xef\xbb\xbf1",
    b"1\x00", "[1]".encode("utf-16"), '{"a":1}'.encode("utf-32"), b"[" * 300 + b"]" * 300, b"[" * 100_000,
    b"1" * 4300, b"1" * 4301, b"-" + b"1" * 4300, b"//\n1", b"tru", b"nulll",
)  # fmt: skip
PIECES = (
    "{", "}", "[", "]", ",", ":", '"', "a", "\\", "\\u", "d83d", "00", "1", "0", "-", ".", "e", "E", "+", "N",
    "aN", "Infinity", "true", "null", "false", "é", '"k"', '"k":1', "9999999999999999999", " ", "\n",
)  # fmt: skip

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


def as_the_library_reads(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def same(body: bytes) -> bool:
    """By representation: 1, 1.0 and True are three things, NaN is itself, members keep their order."""
    return repr(parse_json(body)) == repr(as_the_library_reads(body))


@pytest.mark.parametrize("body", [*NUMBERS, *TEXTS, *OTHERS])
def test_odd_bodies_are_read_as_the_standard_library_reads_them(body: bytes) -> None:
    assert same(body)


@given(value=values, ascii_only=st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(value: object, ascii_only: bool) -> None:
    assert same(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


@given(value=values, at=st.integers(0, 400), byte=st.integers(0, 255))
def test_spoilt_json_is_judged_as_the_standard_library_judges_it(value: object, at: int, byte: int) -> None:
    body = bytearray(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    body[at % len(body)] = byte
    assert same(bytes(body))


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_what_looks_like_json_is_judged_as_the_standard_library_judges_it(pieces: list[str]) -> None:
    assert same("".join(pieces).encode())
