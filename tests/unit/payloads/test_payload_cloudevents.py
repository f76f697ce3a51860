"""CloudEvents as the official library reads them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.records import StoredEvent
from doorbell.payloads.cloudevents import CONTENT_TYPE, cloudevent

Make = Callable[..., StoredEvent]


def read(made: bytes) -> Any:
    """Checked by the library against the specification: attributes, types, names."""
    return from_http_event(HTTPMessage({"content-type": CONTENT_TYPE}, made))


def test_attributes_are_those_of_the_event(make_event: Make) -> None:
    event = read(cloudevent(make_event(source_id="my source"), b'{"a":1}', "application/json"))
    assert event.get_specversion() == "1.0"
    assert event.get_id() == "evt_1_2"
    assert event.get_source() == "/in/my%20source"
    assert event.get_type() == "pull_request.opened"
    assert event.get_time().isoformat() == "2023-11-14T22:13:20.250000+00:00"
    assert event.get_datacontenttype() == "application/json"
    assert event.get_data() == {"a": 1}


def test_json_data_is_the_providers_to_the_last_digit(make_event: Make) -> None:
    written = b'{ "price": 1.10, "big": 12345678901234567890.00000000001, "a": 1, "a": 2 }'
    assert cloudevent(make_event(), written, "application/json").endswith(b',"data":' + written + b"}")


@pytest.mark.parametrize(
    ("body", "content_type", "data", "data_type"),
    [
        (b'{"a":1}', "", {"a": 1}, "application/json"),
        (b'{"a":1}', "application/vnd.acme+json; v=2", {"a": 1}, "application/vnd.acme+json; v=2"),
        (b'\xef\xbb\xbf{"a":1}', "application/json", {"a": 1}, "application/json"),
        (b"<a>\xc3\xa9</a>", "text/xml", "<a>\u00e9</a>", "text/xml"),
        (b"a=1&b=2", "application/x-www-form-urlencoded", "a=1&b=2", "application/x-www-form-urlencoded"),
        (b'{"a":1}', "text/plain; charset=UTF-8", '{"a":1}', "text/plain; charset=UTF-8"),
        (b"a\xe9", "text/plain", b"a\xe9", "text/plain"),
        (b"a", "text/plain; charset=utf-16", b"a", "text/plain; charset=utf-16"),
        (b'{"a":', "application/json", b'{"a":', "application/json"),
        (b'{"a":NaN}', "application/json", b'{"a":NaN}', "application/json"),
        (b"\x00\x01", "", b"\x00\x01", "application/octet-stream"),
        (b"\x00\x01", "image/png", b"\x00\x01", "image/png"),
        (b'{"a":1}', "not a type", b'{"a":1}', "application/octet-stream"),
    ],
)
def test_data_is_json_text_or_base64_as_the_content_type_says(
    make_event: Make, body: bytes, content_type: str, data: object, data_type: str
) -> None:
    event = read(cloudevent(make_event(), body, content_type))
    assert event.get_data() == data
    assert event.get_datacontenttype() == data_type


def test_empty_body_has_no_data(make_event: Make) -> None:
    made = json.loads(cloudevent(make_event(), b"", "application/json"))
    assert made.keys() == {"specversion", "id", "source", "type", "time"}


def test_event_without_a_type_still_is_a_cloudevent(make_event: Make) -> None:
    assert read(cloudevent(make_event(event_type=""), b"{}", "application/json")).get_type() == "unknown"


@given(
    body=st.binary(max_size=60)
    | st.text(max_size=30).map(str.encode)
    | st.integers().map(lambda n: b"[%d]" % n),
    content_type=st.sampled_from(
        ["", "application/json", "text/plain", "application/zip", "a/b;c", "\u00e9", "x"]
    ),
)
def test_whatever_came_in_can_be_read_back(make_event: Make, body: bytes, content_type: str) -> None:
    data = read(cloudevent(make_event(), body, content_type)).get_data()
    if isinstance(data, bytes):
        assert data == body
    elif isinstance(data, str) and content_type == "text/plain":
        assert data.encode() == body
    else:
        assert data == (json.loads(body.decode("utf-8-sig")) if body else None)
