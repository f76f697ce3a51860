"""Ingest of a source that splits: all events of a body are taken before the provider is answered, or it comes
again and brings the same ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doorbell.domain.errors import Refusal
from doorbell.domain.requests import Answer
from doorbell.domain.sources import Source
from doorbell.signatures.elements import MAX_ELEMENTS
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from doorbell.usecases.accept import Accept
from doorbell.usecases.enqueue import INLINE_BYTES
from tests.support import fakes
from tests.support.builders import a_request

NOW = fakes.START
URL = "https://hooks.example/in/okta"


def body_of(*ids: str, pad: str = "") -> bytes:
    events = [{"uuid": one, "eventType": f"user.{one}", "pad": pad} for one in ids]
    return json.dumps({"eventId": "ring", "data": {"events": events}}).encode()


class Door:
    """Ingest with the real gate and a queue that can fail."""

    def __init__(self, *, split: bool = True, checks: fakes.FakeChecks | None = None) -> None:
        self.source = Source("okta", "okta", secrets=("ssm:/s",), split=split)
        self.faults, self.metrics = fakes.Faults(), fakes.RecordingMetrics()
        self.queue, self.bodies = fakes.FakeEventsQueue(self.faults), fakes.FakeBodies(self.faults)
        self.log, self.ids = fakes.RecordingLog(), fakes.Sequential("ing_")
        self.checks = checks or fakes.FakeChecks()

    def ring(self, body: bytes, secret: str = "right") -> Answer:
        parts: dict[str, Any] = {"sources": fakes.FakeSources(self.source), "gate": Gate()}
        accept = Accept(
            secrets=fakes.FakeSecrets({"ssm:/s": "right"}),
            checks=self.checks,
            bodies=self.bodies,
            queue=self.queue,
            clock=fakes.FakeClock(NOW),
            ids=self.ids,
            metrics=self.metrics,
            log=self.log,
            **parts,
        )
        sent = sign_request("okta", secret, url=URL, body=body, now=NOW)
        return accept("okta", a_request(body, headers=sent.headers))

    @property
    def ids_sent(self) -> list[str]:
        return [event.event_id for event, _ in self.queue.sent]


def test_each_event_of_a_body_is_enqueued_and_the_provider_is_answered_as_ever() -> None:
    door = Door()
    answer = door.ring(body_of("a", "b", "c"))
    assert answer.status == 200
    assert answer.headers["doorbell-events"] == "3"
    assert "doorbell-event-id" not in answer.headers
    assert [event.event_type for event, _ in door.queue.sent] == ["user.a", "user.b", "user.c"]
    assert [json.loads(at.inline or b"")["uuid"] for _, at in door.queue.sent] == ["a", "b", "c"]
    assert door.metrics.counts["Accepted"] == 3
    assert "NotSplit" not in door.metrics.counts


def test_a_source_that_does_not_split_has_one_event_of_all_types() -> None:
    door = Door(split=False)
    answer = door.ring(body_of("a", "b"))
    ((event, _),) = door.queue.sent
    assert answer.headers["doorbell-event-id"] == event.event_id
    assert event.event_types == ("user.a", "user.b")


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_guarantee_2_a_partial_failure_is_503_and_the_next_ring_brings_the_same_events(taken: int) -> None:
    door = Door()
    door.faults.before["send_event"] = [*[None] * taken, fakes.unavailable("sqs")]
    refused = door.ring(body_of("a", "b", "c"))
    assert (refused.status, json.loads(refused.body)["code"]) == (503, "try_again")
    assert "Accepted" not in door.metrics.counts
    before, door.queue.sent = door.ids_sent, []
    assert door.ring(body_of("a", "b", "c")).status == 200
    assert len(door.ids_sent) == 3
    assert before == door.ids_sent[:taken]


def test_guarantee_2_a_body_that_was_not_kept_enqueues_nothing() -> None:
    door = Door()
    door.faults.before["put_body"] = [fakes.unavailable("s3")]
    assert door.ring(body_of("a", "b", pad="x" * INLINE_BYTES)).status == 503
    assert door.queue.sent == []


def test_large_events_of_one_body_have_objects_of_their_own() -> None:
    door = Door()
    door.ring(body_of("a", "b", pad="x" * INLINE_BYTES))
    keys = [at.key for _, at in door.queue.sent]
    assert len(set(keys)) == 2
    assert [json.loads(door.bodies.objects[key or ""])["uuid"] for key in keys] == ["a", "b"]


def test_a_body_of_too_many_events_is_one_and_is_counted() -> None:
    door = Door()
    answer = door.ring(body_of(*map(str, range(MAX_ELEMENTS + 1))))
    assert (answer.status, answer.headers["doorbell-events"]) == (200, "1")
    assert (len(door.queue.sent), door.metrics.counts["NotSplit"]) == (1, 1)
    assert "not_split" in door.log.messages("error")


@pytest.mark.parametrize("check", ["content_type", "schema"])
def test_what_a_source_demands_of_a_body_is_demanded_of_the_whole(check: str) -> None:
    door = Door(checks=fakes.FakeChecks(**{check: Refusal(422, check, "no")}))
    assert door.ring(body_of("a", "b")).status == 422
    assert door.queue.sent == []


def test_guarantee_1_no_event_of_a_body_is_enqueued_without_proof() -> None:
    door = Door()
    assert door.ring(body_of("a", "b"), secret="guessed").status == 401
    assert door.queue.sent == []
