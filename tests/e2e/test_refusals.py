"""Guarantee 1, at the front door: no event without proof."""

import json
from dataclasses import dataclass
from uuid import uuid4

import pytest

from doorbell.domain.refusals import REFUSALS
from doorbell.store.refused.refused_items import BODIES_PREFIX
from tests.support.gateway import PUSH, Answer, Gateway, github_headers
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e


@dataclass(frozen=True, slots=True)
class Traces:
    """What an accepted event would add to. Deliveries and their messages come of events only."""

    queued: int
    items: int
    bodies: int


def traces(gateway: Gateway) -> Traces:
    """The queue first: what leaves it while this looks is in the table already."""
    queued = gateway.queue_depths()["EventsQueueUrl"]
    bucket = gateway.stack.outputs["BodiesBucketName"]
    there = gateway.stack.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    bodies = sum(not one["Key"].startswith(BODIES_PREFIX) for one in there)  # a refused request is kept apart
    return Traces(queued, gateway.count("EventsTableName"), bodies)


@pytest.fixture
def before(gateway: Gateway) -> Traces:
    """Once what other tests sent has been fanned out."""
    gateway.wait_until_fanned_out(60)
    return traces(gateway)


def refused(gateway: Gateway, answer: Answer, status: int, code: str, before: Traces) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["code"] == code
    assert "doorbell-event-id" not in answer.headers
    assert traces(gateway) == before


@pytest.fixture
def source(gateway: Gateway) -> str:
    """A GitHub source somebody subscribes to, so that what got in would be seen."""
    source_id = gateway.put_source()
    gateway.put_subscription(source_id, "http://127.0.0.1:9/hooks")
    return source_id


def test_unsigned_request_is_refused_and_nothing_is_enqueued(
    gateway: Gateway, source: str, before: Traces
) -> None:
    headers = github_headers(PUSH)
    del headers["x-hub-signature-256"]
    refused(gateway, gateway.ring(source, PUSH, headers), 401, "signature_missing", before)


def test_forged_request_is_refused_and_nothing_is_enqueued(
    gateway: Gateway, source: str, before: Traces
) -> None:
    forged = PUSH.replace(b"refs/heads/main", b"refs/heads/evil")
    assert forged != PUSH
    answer = gateway.ring(source, forged, github_headers(PUSH))
    refused(gateway, answer, 401, "signature_mismatch", before)


def test_request_signed_with_another_secret_is_refused(gateway: Gateway, source: str, before: Traces) -> None:
    answer = gateway.ring(source, PUSH, github_headers(PUSH, secret="somebody else's"))
    refused(gateway, answer, 401, "signature_mismatch", before)


def test_request_for_an_unknown_source_is_refused(gateway: Gateway, before: Traces) -> None:
    answer = gateway.ring("nobody-made-this", PUSH, github_headers(PUSH))
    refused(gateway, answer, 404, "unknown_source", before)


def test_body_over_the_sources_limit_is_refused_although_its_signature_is_right(
    gateway: Gateway, before: Traces
) -> None:
    source = gateway.put_source(max_body_bytes=len(PUSH) - 1)
    refused(gateway, gateway.push(source), 413, "body_too_large", before)


def test_disabled_source_refuses_what_is_rightly_signed(gateway: Gateway, before: Traces) -> None:
    source = gateway.put_source(enabled=False)
    refused(gateway, gateway.push(source), 403, "source_disabled", before)


def test_source_without_a_secret_takes_nothing(gateway: Gateway) -> None:
    """What Doorbell rings itself for it is all that comes of it."""
    source = gateway.put_source(secrets=["ssm:/doorbell/nobody-put-this-here"])
    answer = gateway.push(source)
    assert (answer.status, answer.json["code"]) == (503, "source_misconfigured")
    gateway.wait_until_fanned_out(60)

    def told() -> list[str]:
        return [event["about"] for event in gateway.own_events("config.error")]

    gateway.wait_until(lambda: f"source {source}" in told(), 20)
    assert told().count(f"source {source}") == 1
    pages = gateway.stack.client("dynamodb").get_paginator("scan")
    items = [
        item
        for page in pages.paginate(TableName=gateway.stack.outputs["EventsTableName"])
        for item in page["Items"]
    ]
    assert [item for item in items if item.get("source_id", {}).get("S") == source] == []


def test_what_was_refused_never_reaches_a_subscriber_and_what_follows_does(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source()
        gateway.put_subscription(source, serving.url)
        assert gateway.ring(source, b'{"evil": true}', github_headers(PUSH)).status == 401
        accepted = gateway.push(source)
        assert accepted.status == 202
        gateway.wait_until_ended(accepted.event_id, 1, 60)
        assert [json.loads(received.body) for received in serving.received] == [json.loads(PUSH)]


def test_many_forged_requests_are_told_to_the_operators_on_the_event_bus(gateway: Gateway) -> None:
    sqs, bus = gateway.stack.client("sqs"), gateway.stack.client("events")
    queue = sqs.create_queue(QueueName=f"operators-{uuid4().hex[:8]}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["doorbell"], "detail-type": ["source.refusals"]})
    bus.put_rule(Name="operators", EventPattern=pattern)
    bus.put_targets(Rule="operators", Targets=[{"Id": "1", "Arn": arn}])
    source = gateway.put_source()
    for _ in range(3 * REFUSALS):  # in case two environments share them
        gateway.ring(source, headers=github_headers(PUSH, secret="not the secret"))
    told = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=15)["Messages"]
    detail = json.loads(told[0]["Body"])["detail"]
    assert detail == {"source_id": source, "reason": "signature_mismatch", "refusals": REFUSALS}
