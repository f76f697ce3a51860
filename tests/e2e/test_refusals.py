"""Guarantee 1, at the front door: no event without proof."""

import json
from uuid import uuid4

import pytest

from doorbell.domain.refusals import REFUSALS
from tests.support.gateway import PUSH, Answer, Gateway, github_headers
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e


def refused(gateway: Gateway, answer: Answer, status: int, code: str, source: str) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["code"] == code
    assert "doorbell-event-id" not in answer.headers
    gateway.wait_until_fanned_out(60)
    assert gateway.events_with("source_id", source) == []
    assert bodies_of(gateway, source) == []


def bodies_of(gateway: Gateway, source: str) -> list[str]:
    """Those of its events: refused requests are kept apart."""
    bucket, prefix = gateway.stack.outputs["BodiesBucketName"], f"t-{source}/"
    there = gateway.stack.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [one["Key"] for one in there]


@pytest.fixture
def source(gateway: Gateway) -> str:
    """A GitHub source somebody subscribes to, so that what got in would be seen."""
    source_id = gateway.put_source()
    gateway.put_subscription(source_id, "http://127.0.0.1:9/hooks")
    return source_id


def test_unsigned_request_is_refused_and_nothing_is_enqueued(gateway: Gateway, source: str) -> None:
    headers = github_headers(PUSH)
    del headers["x-hub-signature-256"]
    refused(gateway, gateway.ring(source, PUSH, headers), 401, "signature_missing", source)


def test_forged_request_is_refused_and_nothing_is_enqueued(gateway: Gateway, source: str) -> None:
    forged = PUSH.replace(b"refs/heads/main", b"refs/heads/evil")
    assert forged != PUSH
    answer = gateway.ring(source, forged, github_headers(PUSH))
    refused(gateway, answer, 401, "signature_mismatch", source)


def test_request_signed_with_another_secret_is_refused(gateway: Gateway, source: str) -> None:
    answer = gateway.ring(source, PUSH, github_headers(PUSH, secret="somebody else's"))
    refused(gateway, answer, 401, "signature_mismatch", source)


def test_request_for_an_unknown_source_is_refused(gateway: Gateway) -> None:
    unknown = f"s-{uuid4().hex[:12]}"
    answer = gateway.ring(unknown, PUSH, github_headers(PUSH))
    refused(gateway, answer, 404, "unknown_source", unknown)


def test_body_over_the_sources_limit_is_refused_although_its_signature_is_right(gateway: Gateway) -> None:
    source = gateway.put_source(max_body_bytes=len(PUSH) - 1)
    refused(gateway, gateway.push(source), 413, "body_too_large", source)


def test_disabled_source_refuses_what_is_rightly_signed(gateway: Gateway) -> None:
    source = gateway.put_source(enabled=False)
    refused(gateway, gateway.push(source), 403, "source_disabled", source)


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
    assert gateway.events_with("source_id", source) == []


def test_what_was_refused_never_reaches_a_subscriber_and_what_follows_does(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source()
        gateway.put_subscription(source, serving.url)
        assert gateway.ring(source, b'{"evil": true}', github_headers(PUSH)).status == 401
        accepted = gateway.push(source)
        assert accepted.status == 202
        gateway.wait_until_ended(accepted.event_id, 1, 60)
        assert [json.loads(received.body) for received in serving.received] == [json.loads(PUSH)]
        assert gateway.events_with("source_id", source) == [accepted.event_id]


def test_many_forged_requests_are_told_to_the_operators_on_the_event_bus(gateway: Gateway) -> None:
    sqs, bus = gateway.stack.client("sqs"), gateway.stack.client("events")
    name = f"operators-{uuid4().hex[:8]}"
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["doorbell"], "detail-type": ["source.refusals"]})
    bus.put_rule(Name=name, EventPattern=pattern)
    bus.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn}])
    source = gateway.put_source()
    for _ in range(3 * REFUSALS):  # in case two environments share them
        gateway.ring(source, headers=github_headers(PUSH, secret="not the secret"))
    found = list[dict[str, object]]()

    def is_told() -> bool:
        """Other tests' sources are told of too."""
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            detail = json.loads(message["Body"])["detail"]
            found.extend([detail] if detail["source_id"] == source else [])
        return bool(found)

    gateway.wait_until(is_told, 15)
    assert found[0] == {"source_id": source, "reason": "signature_mismatch", "refusals": REFUSALS}
