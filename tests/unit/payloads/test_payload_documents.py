"""Filters, transforms, schemas and CloudEvents look into forms and packed bodies; bytes pass unchanged."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from doorbell.domain.errors import Refusal
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.compose import Composer
from doorbell.payloads.filters import Filters
from doorbell.payloads.schema import check
from doorbell.payloads.transform import transformed

Make = Callable[..., StoredEvent]
Subscribe = Callable[..., Subscription]

FORM = "application/x-www-form-urlencoded"
GITHUB = b"payload=%7B%22action%22%3A%22opened%22%2C%22n%22%3A1.10%7D"
PARTS = (
    b'--B\r\nContent-Disposition: form-data; name="event"\r\n\r\ndelivered\r\n'
    b'--B\r\nContent-Disposition: form-data; name="a"; filename="x.bin"\r\n\r\n\xff\x00\r\n--B--\r\n'
)


def passes(event: StoredEvent, expression: str, body: bytes) -> bool:
    return Filters().passes(expression, event.incoming, body)


def test_githubs_form_is_looked_into(make_event: Make) -> None:
    event = make_event(GITHUB, content_type=FORM)
    assert passes(event, "body.payload.action == 'opened'", GITHUB)
    assert transformed("body.payload", event, GITHUB) == b'{"action":"opened","n":1.10}'


def test_a_multipart_form_is_looked_into(make_event: Make) -> None:
    event = make_event(PARTS, content_type="multipart/form-data; boundary=B")
    assert passes(event, "body.event == 'delivered' && body.a.filename == 'x.bin'", PARTS)


@pytest.mark.parametrize("body", [b'{"a":1}', b'[{"a":1}]'])
def test_json_that_calls_itself_a_form_is_json(make_event: Make, body: bytes) -> None:
    assert passes(make_event(body, content_type=FORM), "(body.a || body[0].a) == `1`", body)


@pytest.mark.parametrize(
    ("content_type", "body", "expression"),
    [
        (FORM, b"7=", "body.\"7\" == ''"),
        (FORM, b"no form at all", "body == 'no form at all'"),
        ("text/plain", b"a=1", "body == 'a=1'"),
        ("", b"a=1", "body == 'a=1'"),
        (FORM, b"", "body == ''"),
    ],
)
def test_what_is_no_form_stays_what_it_was(
    make_event: Make, content_type: str, body: bytes, expression: str
) -> None:
    assert passes(make_event(body, content_type=content_type), expression, body)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_body_is_looked_into_and_passed_on_as_it_came(
    make_event: Make, make_subscription: Subscribe, composer: Composer, pack: Callable[[bytes], bytes]
) -> None:
    body = pack(b'{"action":"opened","n":1.10}')
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    event = make_event(body, headers=headers)
    assert passes(event, "body.action == 'opened'", body)
    assert transformed("body.n", event, body) == b"1.10"
    request = composer.compose(make_subscription(), event, body, 1, 0)
    assert (request.body, dict(request.headers)["content-encoding"]) == (body, "gzip")
    wrapped = composer.compose(make_subscription(body="cloudevents"), event, body, 1, 0)
    assert b'"data":{"action":"opened","n":1.10}' in wrapped.body
    assert "content-encoding" not in dict(wrapped.headers)


def test_a_packed_form_and_a_packed_text_are_looked_into_too(make_event: Make) -> None:
    form, text = gzip.compress(GITHUB), gzip.compress(b"hello")
    assert passes(make_event(form, content_type=FORM), "body.payload.n == `1.1`", form)
    assert passes(make_event(text, content_type="text/plain"), "body == 'hello'", text)


def test_what_is_packed_and_no_text_is_shown_as_it_came(make_event: Make) -> None:
    body = gzip.compress(b"\xff\xfe\x00", mtime=0)
    assert transformed("body", make_event(body), body).startswith(b'{"base64":"H4sI')


def test_a_file_that_is_packed_stays_a_file_in_a_cloudevent(
    make_event: Make, make_subscription: Subscribe, composer: Composer
) -> None:
    body = gzip.compress(b'{"a":1}')
    event = make_event(body, headers={"content-type": "application/gzip"}, content_type="application/gzip")
    made = json.loads(composer.compose(make_subscription(body="cloudevents"), event, body, 1, 0).body)
    assert made["datacontenttype"] == "application/gzip"
    assert made["data_base64"].startswith("H4sI")


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["payload"],
    "properties": {"payload": {"type": "object", "required": ["action"]}},
}


@pytest.mark.parametrize("body", [GITHUB, gzip.compress(GITHUB, mtime=0), b'{"payload":{"action":1}}'])
def test_a_schema_is_held_against_a_form_as_the_object_of_its_fields(body: bytes) -> None:
    check(SCHEMA, body, FORM)


@pytest.mark.parametrize(
    "body", [b"payload=%7B%7D", b"payload=x", b"other=1", gzip.compress(b"payload=x", mtime=0)]
)
def test_a_form_that_does_not_fit_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        check(SCHEMA, body, FORM)
    assert (caught.value.status, caught.value.code) == (422, "schema_mismatch")


def test_a_body_that_is_neither_json_nor_a_form_fits_no_schema() -> None:
    for body in (b"text", b"a=1", gzip.compress(b"text")):
        with pytest.raises(Refusal, match="is not JSON"):
            check({}, body)


def test_a_byte_order_mark_is_no_part_of_the_json_behind_it(make_event: Make) -> None:
    marked = b'\xef\xbb\xbf{"a": 12345678901234567890123.10}'
    event = make_event(marked)
    assert passes(event, "body.a > `1`", marked)
    assert transformed("body.a", event, marked) == b"12345678901234567890123.10"
