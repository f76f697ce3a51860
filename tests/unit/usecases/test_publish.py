"""Publish: the team's own events, one or a batch, each with a result of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from doorbell.domain.errors import Refusal
from doorbell.domain.requests import Answer
from doorbell.domain.sources import MAX_BODY_BYTES
from doorbell.signatures.vouching import publish_event
from doorbell.usecases.enqueue import INLINE_BYTES
from doorbell.usecases.publish import MAX_BATCH, Publish, Published
from tests.support import fakes

TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1"}
PRINCIPAL = "arn:aws:iam::123456789012:role/app"


def parse(item: object) -> Published:
    if not isinstance(item, dict) or "type" not in item:
        raise Refusal(422, "event_invalid", "type: is required")
    return Published(item.get("id"), item["type"], item.get("tenant_id", "default"), item.get("data"))


@dataclass
class Office:
    faults: fakes.Faults = field(default_factory=fakes.Faults)
    metrics: fakes.RecordingMetrics = field(default_factory=fakes.RecordingMetrics)

    def __post_init__(self) -> None:
        self.queue = fakes.FakeEventsQueue(self.faults)
        self.bodies = fakes.FakeBodies(self.faults)
        self.ids = fakes.Sequential("ing_")

    def post(self, given: Any, *, raw: bytes | None = None, principal: str = PRINCIPAL) -> Answer:
        publish = Publish(
            parse=parse,
            vouch=publish_event,
            bodies=self.bodies,
            queue=self.queue,
            clock=fakes.FakeClock(),
            ids=self.ids,
            metrics=self.metrics,
            log=fakes.RecordingLog(),
        )
        return publish(principal, json.dumps(given).encode() if raw is None else raw, TRACE)


def test_one_event_is_enqueued_and_answered_with_its_id() -> None:
    office = Office()
    answer = office.post({"type": "a.b", "data": {"n": "é"}})
    ((event, body),) = office.queue.sent
    assert (answer.status, json.loads(answer.body)) == (202, {"status": 202, "event_id": event.event_id})
    assert (event.event_type, event.tenant_id, body.inline) == ("a.b", "default", '{"n":"é"}'.encode())


def test_every_event_of_a_request_takes_its_trace_along() -> None:
    office = Office()
    office.post([{"type": "a"}, {"type": "b"}])
    assert [dict(event.headers) for event, _ in office.queue.sent] == [
        {"content-type": "application/json", **TRACE}
    ] * 2


def test_a_batch_that_is_all_sound_is_202_with_a_result_for_each_in_order() -> None:
    office = Office()
    answer = office.post([{"type": f"t.{n}"} for n in range(MAX_BATCH)])
    results = json.loads(answer.body)["results"]
    assert answer.status == 202
    assert [r["event_id"] for r in results] == [event.event_id for event, _ in office.queue.sent]
    assert len({r["event_id"] for r in results}) == MAX_BATCH


def test_one_bad_item_harms_no_other_and_says_what_is_wrong_with_it() -> None:
    office = Office()
    answer = office.post([{"type": "a"}, {"no": "type"}, {"type": "c"}])
    results = json.loads(answer.body)["results"]
    assert answer.status == 207
    assert [r["status"] for r in results] == [202, 422, 202]
    assert results[1]["detail"] == "type: is required"
    assert [event.event_type for event, _ in office.queue.sent] == ["a", "c"]


def test_a_batch_in_which_all_are_bad_has_their_status() -> None:
    assert Office().post([{}, {}]).status == 422


def test_guarantee_2_an_item_the_queue_did_not_take_is_503_and_the_others_are_accepted() -> None:
    office = Office(faults=fakes.Faults(before={"send_event": [None, fakes.unavailable("sqs"), None]}))
    answer = office.post([{"type": "a"}, {"type": "b"}, {"type": "c"}])
    assert [r["status"] for r in json.loads(answer.body)["results"]] == [202, 503, 202]
    assert [event.event_type for event, _ in office.queue.sent] == ["a", "c"]
    assert office.metrics.counts["IngestUnavailable"] == 1


def test_a_single_event_the_queue_did_not_take_is_503() -> None:
    office = Office(faults=fakes.Faults(before={"send_event": [fakes.unavailable("sqs")]}))
    assert office.post({"type": "a"}).status == 503


UNENDING = b"[" * 100_000
NO_NUMBER = b'{"type": "a", "data": NaN}'
TOO_LARGE = b'{"type": "a", "data": 1e400}'


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", UNENDING, NO_NUMBER, TOO_LARGE])
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    office = Office()
    with pytest.raises(Refusal) as refused:
        office.post(None, raw=raw)
    assert (refused.value.status, refused.value.code) == (400, "not_json")
    assert office.queue.sent == []


@pytest.mark.parametrize("number", [0, MAX_BATCH + 1])
def test_a_batch_has_one_to_ten_events(number: int) -> None:
    office = Office()
    with pytest.raises(Refusal, match="batch_size"):
        office.post([{"type": "a"}] * number)
    assert office.queue.sent == []


def test_the_same_id_of_the_same_tenant_is_the_same_event() -> None:
    office = Office()
    office.post([{"id": "k", "type": "a"}, {"id": "k", "type": "a"}])
    office.post({"id": "k", "type": "a", "tenant_id": "other"})
    one, two, other = (event for event, _ in office.queue.sent)
    assert one.event_id == two.event_id != other.event_id
    assert one.ingest_id != two.ingest_id, "each publication can still be told from the other"


def test_events_without_an_id_are_never_the_same() -> None:
    office = Office()
    office.post([{"type": "a"}, {"type": "a"}])
    assert len({event.event_id for event, _ in office.queue.sent}) == 2


def test_guarantee_1_nothing_is_published_without_a_principal() -> None:
    office = Office()
    with pytest.raises(ValueError, match="principal"):
        office.post({"type": "a"}, principal="")
    assert office.queue.sent == []


def test_a_large_event_goes_to_the_bucket() -> None:
    office = Office()
    office.post({"type": "a", "data": "x" * INLINE_BYTES})
    ((_, body),) = office.queue.sent
    assert body.inline is None
    assert office.bodies.objects[body.key or ""] == b'"' + b"x" * INLINE_BYTES + b'"'


def test_an_event_above_the_limit_is_refused() -> None:
    office = Office()
    assert office.post({"type": "a", "data": "x" * MAX_BODY_BYTES}).status == 413
    assert office.queue.sent == []


def test_a_lone_surrogate_in_the_data_reaches_subscribers_as_it_was_published() -> None:
    office = Office()
    assert office.post(None, raw=b'{"type": "a", "data": "\\ud800"}').status == 202
    ((_, body),) = office.queue.sent
    assert body.inline == rb'"\ud800"'
