"""Forms as objects of their fields."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.forms import MAX_FIELDS, as_object, is_form, texts
from doorbell.domain.multipart import MAX_PARTS, Part, parts

names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)


def multipart(*fields: tuple[str, str | bytes], boundary: str = "----Bound.1", filename: str = "") -> bytes:
    """As a browser or an HTTP library writes it."""
    made = b""
    for name, value in fields:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        file = f'; filename="{filename}"' if isinstance(value, bytes) else ""
        data = value if isinstance(value, bytes) else value.encode()
        made += f'--{boundary}\r\nContent-Disposition: form-data; name="{escaped}"{file}\r\n\r\n'.encode()
        made += data + b"\r\n"
    return made + f"--{boundary}--\r\n".encode()


def test_a_form_is_the_object_of_its_fields() -> None:
    body = b"a=1&b=x+y&b=%C3%A9&empty="
    assert as_object(body, json.loads) == {"a": "1", "b": ["x y", "é"], "empty": ""}
    assert texts(body) == {"a": ["1"], "b": ["x y", "é"], "empty": [""]}


def test_a_payload_is_read_as_the_json_it_is_and_no_other_field() -> None:
    body = b"payload=%7B%22n%22%3A1%7D&note=%7B%22n%22%3A1%7D&mandrill_events=%5B%5D"
    assert as_object(body, json.loads) == {"payload": {"n": 1}, "note": '{"n":1}', "mandrill_events": []}


@pytest.mark.parametrize("payload", ["7", "%22x%22", "null", "%7B", "x", ""])
def test_a_payload_that_is_no_object_and_no_list_stays_a_text(payload: str) -> None:
    found = as_object(f"payload={payload}".encode(), json.loads)
    assert found is not None
    assert isinstance(found["payload"], str)


@given(st.dictionaries(names.filter(lambda name: "%" not in name), st.text(max_size=20), min_size=1))
def test_fields_of_a_multipart_form_come_as_they_were_written(fields: dict[str, str]) -> None:
    """A form without a field has no delimiter: it is none."""
    body = multipart(*fields.items())
    assert texts(body) == {name: [value] for name, value in fields.items()}


def test_a_file_is_its_name_and_size_and_no_field() -> None:
    body = multipart(("token", "t"), ("attachment-1", b"\x89PNG\r\n\xff"), filename="a.png")
    assert texts(body) == {"token": ["t"]}
    file = {"filename": "a.png", "size": 7}
    assert as_object(body, json.loads) == {"token": "t", "attachment-1": file}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[:-8],
        lambda body: b"x" + body,
        lambda body: body.replace(b'; name="a"', b""),
        lambda body: body.replace(b"\r\n\r\n", b"\r\n", 1),
        lambda body: body.replace(b"form-data", b"attachment"),
        lambda body: body.replace(b"\r\n--B", b"\r\n--Bx"),
        lambda body: body.replace(b"\r\n", b"\n"),
        lambda body: body.replace(b'name="a"', b'name="' + b"a" * 5000 + b'"'),
    ],
)  # fmt: skip
def test_what_is_no_whole_multipart_form_is_none(spoil: object) -> None:
    assert callable(spoil)
    sound = multipart(("a", "1"), ("b", "2"), boundary="B")
    assert parts(sound) == [Part("a", None, b"1"), Part("b", None, b"2")]
    assert parts(spoil(sound)) is None


def test_a_name_may_be_escaped_in_either_way_or_bare() -> None:
    head = 'Content-Type: text/plain\r\ncontent-disposition: form-data; name={}; filename="f %22x%22"'
    for written, name in [('"a\\"b"', 'a"b'), ('"a%22b"', 'a"b'), ("ab", "ab")]:
        found = parts(f"--B\r\n{head.format(written)}\r\n\r\n1\r\n--B--".encode())
        assert found == [Part(name, 'f "x"', b"1")]


def test_forms_have_a_bound_on_their_fields() -> None:
    assert len(texts(b"&".join(b"a%d=1" % n for n in range(MAX_FIELDS)))) == MAX_FIELDS
    assert texts(b"&".join(b"a%d=1" % n for n in range(MAX_FIELDS + 1))) == {}
    assert len(parts(multipart(*[("a", "1")] * MAX_PARTS)) or ()) == MAX_PARTS
    assert parts(multipart(*[("a", "1")] * (MAX_PARTS + 1))) is None


@pytest.mark.parametrize("body", [b"", b"no form", b"\xff\xfe=1", b'"a"'])
def test_what_is_no_form_has_no_object(body: bytes) -> None:
    assert as_object(body, json.loads) is None


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [("application/x-www-form-urlencoded; charset=utf-8", True), ("Multipart/Form-Data; boundary=x", True),
     ("application/json", False), ("", False), ("multipart/mixed", False)],
)  # fmt: skip
def test_a_form_says_so_in_its_content_type(content_type: str, expected: bool) -> None:
    assert is_form(content_type) is expected
