"""What travels on the queues, and that both ends agree on it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.events import BodyAt
from doorbell.queues.envelopes import DeliveryEnvelope, EventEnvelope
from doorbell.queues.events import encode
from tests.support.builders import a_verified_event

texts = st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.binary(max_size=300), st.dictionaries(texts, texts, max_size=5), texts)
def test_what_ingest_writes_without_pydantic_fan_out_reads_with_it(
    body: bytes, headers: dict[str, str], content_type: str
) -> None:
    event = replace(a_verified_event(body), headers=headers, content_type=content_type)
    read = EventEnvelope.model_validate_json(encode(event, BodyAt(len(body), inline=body))).to_domain()
    assert read.body == BodyAt(len(body), inline=body)
    assert (read.headers, read.content_type) == (headers, content_type)
    for name in (
        "ingest_id",
        "event_id",
        "tenant_id",
        "source_id",
        "provider",
        "event_type",
        "dedupe_window_seconds",
        "received_at",
    ):
        assert getattr(read, name) == getattr(event, name), name


def test_an_empty_body_stays_an_empty_body() -> None:
    read = EventEnvelope.model_validate_json(encode(a_verified_event(b""), BodyAt(0, inline=b""))).to_domain()
    assert read.body == BodyAt(0, inline=b"")


def test_a_body_in_the_bucket_travels_by_its_key() -> None:
    text = encode(a_verified_event(), BodyAt(300_000, key="acme/ing_1"))
    assert "body" not in json.loads(text)
    assert EventEnvelope.model_validate_json(text).to_domain().body == BodyAt(300_000, key="acme/ing_1")


def event_message(**changes: Any) -> str:
    return json.dumps({**json.loads(encode(a_verified_event(), BodyAt(1, inline=b"x"))), **changes})


@pytest.mark.parametrize("changes", [{"v": 2}, {"v": None}, {"surprise": 1}, {"event_id": 7}, {"size": "x"}])
def test_an_event_message_of_another_version_or_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EventEnvelope.model_validate_json(event_message(**changes))


def test_a_refused_message_does_not_show_its_body_in_the_error() -> None:
    with pytest.raises(ValidationError) as refused:
        EventEnvelope.model_validate_json(event_message(event_id=["the-secret-body"]))
    assert "the-secret-body" not in str(refused.value)


ids = st.text("abcxyz019_-.", min_size=1, max_size=40)
messages = st.builds(
    DeliveryMessage,
    st.builds(DeliveryKey, ids, ids, st.integers(0, 50)),
    ids,
    st.integers(1, 50),
    st.booleans(),
)


@given(messages)
def test_a_delivery_message_survives_the_queue(message: DeliveryMessage) -> None:
    text = DeliveryEnvelope.of(message).to_json()
    assert DeliveryEnvelope.model_validate_json(text).to_domain() == message
    assert ("release" in text) == message.release, "the release before knows no such field"


@pytest.mark.parametrize(
    "changes", [{"v": 2}, {"attempt": 0}, {"generation": -1}, {"tenant_id": None}, {"x": 1}]
)
def test_a_delivery_message_of_another_version_or_shape_is_refused(changes: dict[str, Any]) -> None:
    good = DeliveryEnvelope.of(DeliveryMessage(DeliveryKey("evt_1", "sub_1"), "acme", 1)).model_dump()
    with pytest.raises(ValidationError):
        DeliveryEnvelope.model_validate_json(json.dumps({**good, **changes}))
