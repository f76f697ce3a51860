"""What is JSON for one is JSON for all who look into a body: filters, schemas, targets, keys, CloudEvents."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.errors import Refusal
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.target_keys import NOTHING, filled
from doorbell.payloads.compose import Composer
from doorbell.payloads.schema import check
from doorbell.payloads.views import body_value
from doorbell.targets.texts import as_json

Make = Callable[..., StoredEvent]
Subscribe = Callable[..., Subscription]

JSON = [
    b'{"a":1}', b'\xef\xbb\xbf{"a":1}', ' {"a":"\u20ac","b":"\U0001f514"}'.encode(), b'{"a":1,"b":"\\ud800"}',
    b'{"a":1,"b":[1e400,-0,1.10]}', b'{"a":1,"a":2}',
]  # fmt: skip
NO_JSON = [
    *('{"a":1}'.encode(encoding) for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")),
    b'{"a":"\xed\xa0\x80"}', b'{"a":"\xff"}', b'{"a":1,"b":"\xc3"}', b'\xef\xbb\xbf\xef\xbb\xbf{"a":1}',
    b'{"a":1,"b":NaN}', b'{"a":1,"b":Infinity}', b'{"a":1,"b":-Infinity}', b'{"a":1}x', b'{"a":1,}',
]  # fmt: skip
"""Other encodings than UTF-8, half a surrogate pair as it may not be encoded, numbers that are none."""


def filters(body: bytes) -> bool:
    seen = body_value(body)
    return isinstance(seen, dict) and "base64" not in seen


def schemas(body: bytes) -> bool:
    try:
        check({}, body)
    except Refusal:
        return False
    return True


def targets(body: bytes) -> bool:
    try:
        as_json(body)
    except ValueError:
        return False
    return True


def keys(body: bytes) -> bool:
    return filled("{body.a}", {}, 0.0, body) != NOTHING


WHO = {"filters and transforms": filters, "schemas": schemas, "targets": targets, "keys of objects": keys}


def who_takes(body: bytes) -> set[str]:
    return {name for name, takes in WHO.items() if takes(body)}


@pytest.mark.parametrize("body", JSON)
def test_json_in_utf8_is_json_for_all(body: bytes) -> None:
    assert who_takes(body) == set(WHO)


@pytest.mark.parametrize("body", NO_JSON)
def test_what_the_standard_does_not_call_json_is_json_for_none(body: bytes) -> None:
    assert who_takes(body) == set()


@given(
    st.text(max_size=4), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
)
def test_in_whatever_encoding_they_agree(text: str, encoding: str) -> None:
    body = json.dumps({"a": "x" + text}, ensure_ascii=False).encode(encoding, "replace")
    assert who_takes(body) in (set(), set(WHO))


@pytest.mark.parametrize("body", [*JSON, *NO_JSON])
def test_a_cloudevent_has_as_data_what_filters_see_as_json(
    make_event: Make, make_subscription: Subscribe, composer: Composer, body: bytes
) -> None:
    made = composer.compose(make_subscription(body="cloudevents"), make_event(body), body, 1, 0).body
    assert (b'"data":' in made, b'"data_base64":' in made) == (filters(body), not filters(body))
