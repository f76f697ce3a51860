"""CloudEvents over HTTP, binding 1.0.2: id, source and type from where each content mode has them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doorbell.domain.events import event_id_for
from tests.unit.signatures.bodies import (
    event_of,
    examined,
    id_by_hash,
    request_of,
    split,
    types_of,
    with_headers,
)

BINARY = {"ce-specversion": "1.0", "ce-id": "A1", "ce-source": "/shop", "ce-type": "order.paid"}
STRUCTURED = {"content-type": "application/cloudevents+json; charset=UTF-8"}
BATCHED = {"content-type": "application/cloudevents-batch+json"}


def cloudevent(**changes: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": "A1", "source": "/shop", "type": "order.paid", "data": {}} | changes


def test_an_event_has_one_key_and_one_type_in_whichever_mode_it_comes() -> None:
    binary = event_of("cloudevents", {}, {"content-type": "application/json", **BINARY})
    structured = event_of("cloudevents", cloudevent(), STRUCTURED)
    (batched,) = split("cloudevents", [cloudevent()], headers=BATCHED).events
    assert {event.event_type for event in (binary, structured, batched)} == {"order.paid"}
    assert {event.dedupe_key for event in (binary, structured, batched)} == {"A1|/shop"}


@pytest.mark.parametrize("changes", [{"id": "A2"}, {"source": "/other"}])
def test_id_and_source_together_tell_events_apart(changes: dict[str, str]) -> None:
    one, other = (event_of("cloudevents", cloudevent(**c), STRUCTURED) for c in ({}, changes))
    assert one.event_id != other.event_id
    again = event_of("cloudevents", cloudevent(data={"another": "body"}), STRUCTURED)
    assert again.event_id == one.event_id


def test_headers_that_repeat_the_attributes_count_for_nothing_in_the_structured_mode() -> None:
    event = event_of("cloudevents", cloudevent(id="B7", type="order.lost"), {**BINARY, **STRUCTURED})
    assert (event.event_type, event.dedupe_key) == ("order.lost", "B7|/shop")


def test_attributes_in_the_body_count_for_nothing_in_the_binary_mode() -> None:
    event = event_of("cloudevents", cloudevent(id="B7"), {"content-type": "application/json", **BINARY})
    assert event.dedupe_key == "A1|/shop"


def test_attributes_in_headers_are_decoded_once() -> None:
    headers = {**BINARY, "ce-id": "caf%C3%A9%2520", "ce-source": '"/a \\"b\\""'}
    assert event_of("cloudevents", {}, headers).dedupe_key == 'caf\xe9%20|/a "b"'


def test_a_batch_has_the_types_of_all_its_events() -> None:
    body = [cloudevent(), cloudevent(id="A2", type="order.lost"), cloudevent(id="A3")]
    assert types_of("cloudevents", body, BATCHED) == ["order.paid", "order.lost"]


def test_a_batch_is_known_by_all_ids_and_sources_in_it() -> None:
    def key(*events: dict[str, Any]) -> str:
        return event_of("cloudevents", list(events), BATCHED).event_id

    one, two = cloudevent(), cloudevent(id="A2")
    assert key(one, two) == key(one, {**two, "data": 7})
    assert len({key(one), key(two), key(one, two), key(two, one)}) == 4


def test_each_event_of_a_batch_that_is_split_is_one_in_the_structured_mode() -> None:
    body = [cloudevent(), cloudevent(id="A2", type="order.lost")]
    events = split("cloudevents", body, headers=BATCHED).events
    assert [(event.event_type, event.dedupe_key) for event in events] == [
        ("order.paid", "A1|/shop"), ("order.lost", "A2|/shop"),
    ]  # fmt: skip
    assert {event.content_type for event in events} == {"application/cloudevents+json"}
    assert json.loads(events[1].body) == body[1]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (cloudevent(id=""), STRUCTURED), (cloudevent(source=7), STRUCTURED), ({}, STRUCTURED),
        (b"<event/>", {"content-type": "application/cloudevents+xml"}), ([], BATCHED), ([{}], BATCHED),
        ([cloudevent(), {}], BATCHED), ({}, {"ce-id": "A1"}),
    ],
)  # fmt: skip
def test_what_has_no_id_or_no_source_is_known_by_its_body(body: object, headers: dict[str, str]) -> None:
    assert event_of("cloudevents", body, headers).dedupe_key.startswith("sha256:")


def test_the_key_of_the_release_before_is_told_where_it_was_another() -> None:
    structured = event_of("cloudevents", cloudevent(), STRUCTURED)
    assert structured.former_id == id_by_hash(structured.body)
    binary = examined("cloudevents", request_of("cloudevents", {}, BINARY))
    assert getattr(binary, "former_id", "") is None
    escaped = examined("cloudevents", with_headers(request_of("cloudevents", {}, BINARY), ce_id="a%20b"))
    assert getattr(escaped, "former_id", "") == event_id_for("default", "src", "a%20b|/shop")
