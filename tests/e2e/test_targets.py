"""Subscriptions whose target is a queue, a topic, a bus or a function, with IAM enforced.

MiniStack has all four services, FIFO queues and IAM. It holds no size limits and throttles nobody: what is
put on record then is in tests/unit/targets, which holds each request against botocore's model of its service.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.test_roles import zipped
from tests.support.gateway import PUSH, Gateway

pytestmark = pytest.mark.e2e

TENANT = "target-tests"
SECONDS = 120
WRITES_DOWN = """
import json, os
import boto3

def handler(event, context):
    sqs = boto3.client("sqs", endpoint_url=os.environ["AT"])
    sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
"""


@dataclass(frozen=True)
class Place:
    """A queue to look into."""

    sqs: Any
    url: str
    arn: str

    def take(self, count: int, gateway: Gateway) -> list[dict[str, Any]]:
        """So many messages, with their attributes."""
        found: list[dict[str, Any]] = []

        def more() -> bool:
            answer = self.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                found.append(message)
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            return len(found) >= count

        gateway.wait_until(more, SECONDS)
        return found


def name() -> str:
    return f"targets-{uuid4().hex[:8]}"


def queue(gateway: Gateway, called: str = "", **attributes: str) -> Place:
    """Services may write to it."""
    sqs = gateway.stack.client("sqs")
    who = {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}
    allow = {"Effect": "Allow", "Principal": who, "Action": "sqs:SendMessage", "Resource": "*"}
    attributes["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    url = sqs.create_queue(QueueName=called or name(), Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Place(sqs, url, arn)


@pytest.fixture(scope="module")
def source(gateway: Gateway) -> str:
    return gateway.put_source(tenant_id=TENANT)


@contextmanager
def subscribed(gateway: Gateway, source: str, arn: str, **fields: Any) -> Iterator[str]:
    """Its id; known to fan-out when a push has become a delivery of it."""
    subscription_id = name()
    key = {"tenant_id": fields.pop("tenant_id", TENANT), "subscription_id": subscription_id}
    item: dict[str, Any] = {**key, "target": arn, "sources": [source], **fields}
    gateway.put("SubscriptionsTableName", item)
    yield subscription_id
    gateway.delete("SubscriptionsTableName", key)


def matched(gateway: Gateway, source: str, subscription_id: str, body: bytes = PUSH) -> str:
    """A push that has become a delivery of it, by its event's id. Pushed again until it is fanned out by who
    knows of the subscription: another environment may have read them before."""
    found: list[str] = []

    def fanned_out() -> bool:
        answer = gateway.push(source, body)
        assert answer.status == 202, answer.body
        gateway.wait_until_fanned_out(SECONDS)
        gateway.wait_until(lambda: bool(gateway.items(answer.event_id)), SECONDS)
        found.append(answer.event_id)
        return subscription_id in gateway.deliveries(answer.event_id)

    gateway.wait_until(fanned_out, SECONDS)
    return found[-1]


def delivered(
    gateway: Gateway, source: str, subscription_id: str, body: bytes = PUSH
) -> tuple[str, dict[str, Any]]:
    """A push, and its delivery with an attempt on record."""
    event_id = matched(gateway, source, subscription_id, body)
    return event_id, gateway.wait_for_attempts(event_id, subscription_id, 1, SECONDS)


def told(delivery: dict[str, Any]) -> dict[str, Any]:
    answer = json.loads(delivery["attempts"][-1]["response"])
    assert isinstance(answer, dict)
    return answer


def test_a_queue_gets_the_bytes_and_the_headers(gateway: Gateway, source: str) -> None:
    place = queue(gateway)
    with subscribed(gateway, source, place.arn) as subscription_id:
        event_id, delivery = delivered(gateway, source, subscription_id)
        assert delivery["state"] == "delivered"
        (message,) = place.take(1, gateway)
    assert message["Body"].encode() == PUSH
    attributes = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert attributes["webhook-id"] == event_id
    assert attributes["doorbell-event-type"] == "push"
    assert attributes["x-github-event"] == "push"
    assert {"service": "sqs", "operation": "SendMessage"}.items() <= told(delivery).items()
    assert told(delivery)["id"] == message["MessageId"]
    assert told(delivery)["request_id"]


def test_a_fifo_queue_has_a_delivery_that_is_sent_twice_once(gateway: Gateway, source: str) -> None:
    """As after a worker that died between the send and its record. A replay sends it again."""
    place = queue(gateway, f"{name()}.fifo", FifoQueue="true")
    with subscribed(gateway, source, place.arn) as subscription_id:
        event_id, _ = delivered(gateway, source, subscription_id)
        (message,) = place.take(1, gateway)
        assert message["Attributes"]["MessageDeduplicationId"] == f"{event_id}.{subscription_id}"
        path = f"/admin/events/{event_id}/deliveries/{subscription_id}/replay"
        answer = gateway.signed("POST", path)
        assert answer.status < 300, answer.body
        again = f"{subscription_id}#0001"
        gateway.wait_until(
            lambda: gateway.deliveries(event_id).get(again, {}).get("state") == "delivered", SECONDS
        )
        received = place.sqs.receive_message(QueueUrl=place.url, WaitTimeSeconds=1)
        assert received.get("Messages", []) == []


def test_a_topic_a_bus_and_a_function_get_it_too(gateway: Gateway, source: str) -> None:
    client = gateway.stack.client
    behind = {kind: queue(gateway) for kind in ("sns", "events", "lambda")}
    called = name()
    topic = client("sns").create_topic(Name=called)["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=behind["sns"].arn)
    bus = client("events").create_event_bus(Name=called)["EventBusArn"]
    pattern = json.dumps({"source": [f"doorbell/{source}"], "detail-type": ["push"]})
    client("events").put_rule(Name=called, EventBusName=called, EventPattern=pattern)
    to = [{"Id": "q", "Arn": behind["events"].arn}]
    client("events").put_targets(Rule=called, EventBusName=called, Targets=to)
    function = _function(gateway, called, behind["lambda"])
    with (
        subscribed(gateway, source, topic) as by_topic,
        subscribed(gateway, source, bus) as by_bus,
        subscribed(gateway, source, function) as by_function,
    ):
        ids = {one: delivered(gateway, source, one) for one in (by_topic, by_bus, by_function)}
        assert {delivery["state"] for _, delivery in ids.values()} == {"delivered"}
        from_topic = json.loads(behind["sns"].take(1, gateway)[0]["Body"])
        from_bus = json.loads(behind["events"].take(1, gateway)[0]["Body"])
        from_function = json.loads(behind["lambda"].take(1, gateway)[0]["Body"])
    assert from_topic["Message"].encode() == PUSH
    assert from_topic["MessageAttributes"]["doorbell-source"]["Value"] == source
    assert (from_bus["detail"], from_bus["detail-type"]) == (json.loads(PUSH), "push")
    assert from_bus["source"] == f"doorbell/{source}"
    assert from_function["body"].encode() == PUSH
    assert from_function["headers"]["x-github-event"] == "push"


def _function(gateway: Gateway, called: str, writes_to: Place) -> str:
    iam, functions = gateway.stack.client("iam"), gateway.stack.client("lambda")
    trusts = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trusts]})
    role = iam.create_role(RoleName=called, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    may = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": writes_to.arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName=called, PolicyName="writes", PolicyDocument=policy)
    made = functions.create_function(
        FunctionName=called,
        Runtime="python3.13",
        Handler="writes.handler",
        Role=role,
        Timeout=60,
        Code={"ZipFile": zipped("writes.py", WRITES_DOWN)},
        Environment={"Variables": {"AT": gateway.stack.endpoint_url, "QUEUE": writes_to.url}},
    )
    return str(made["FunctionArn"])


@contextmanager
def forbidden(gateway: Gateway, arn: str) -> Iterator[Callable[[], None]]:
    """The dispatcher may not send there, until what this gives is called."""
    iam, functions = gateway.stack.client("iam"), gateway.stack.client("lambda")
    dispatcher = functions.get_function_configuration(FunctionName=gateway.stack.function_name("dispatcher"))
    role = dispatcher["Role"].rpartition("/")[2]
    deny = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": arn}
    called = name()
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName=called, PolicyDocument=document)
    done: list[str] = []

    def allow() -> None:
        if not done:
            iam.delete_role_policy(RoleName=role, PolicyName=called)
            done.append(called)

    try:
        yield allow
    finally:
        allow()


def test_a_permission_that_is_missing_is_named_and_the_retry_succeeds_when_it_is_back(
    gateway: Gateway, source: str
) -> None:
    place = queue(gateway)
    retry = {"schedule": [0, *[2] * 49]}
    with (
        forbidden(gateway, place.arn) as allow,
        subscribed(gateway, source, place.arn, retry=retry) as subscription_id,
    ):
        event_id, delivery = delivered(gateway, source, subscription_id)
        attempt = delivery["attempts"][0]
        assert attempt["status"] == 403
        assert "sqs:SendMessage" in attempt["detail"]
        assert place.arn in attempt["detail"]
        assert told(delivery)["code"].startswith("AccessDenied")
        allow()
        gateway.wait_until(
            lambda: gateway.deliveries(event_id)[subscription_id]["state"] == "delivered", SECONDS
        )
        (message, *_) = place.take(1, gateway)
        assert message["Body"].encode() == PUSH


def test_a_queue_that_was_deleted_ends_the_subscription_with_a_notice(gateway: Gateway, source: str) -> None:
    place = queue(gateway)
    with subscribed(gateway, source, place.arn) as subscription_id:
        delivered(gateway, source, subscription_id)
        place.sqs.delete_queue(QueueUrl=place.url)
        event_id = matched(gateway, source, subscription_id)
        gateway.wait_until(
            lambda: gateway.deliveries(event_id).get(subscription_id, {}).get("state") == "cancelled", SECONDS
        )
        assert gateway.deliveries(event_id)[subscription_id]["reason"] == "gone"
        key = {"tenant_id": {"S": TENANT}, "subscription_id": {"S": subscription_id}}
        table = gateway.stack.outputs["SubscriptionsTableName"]

        def item() -> dict[str, Any]:
            found = gateway.stack.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
            return dict(found["Item"])

        gateway.wait_until(lambda: item().get("enabled") == {"BOOL": False}, SECONDS)
        assert place.arn in item()["disabled_reason"]["S"]
        endpoint = f"{TENANT}/{subscription_id}"

        def is_told() -> bool:
            gateway.sweep()
            told = gateway.own_events("subscription.disabled")
            return any(one["about"] == endpoint for one in told)

        gateway.wait_until(is_told, SECONDS)


def test_another_tenant_is_refused_when_it_is_written_and_when_it_is_sent(gateway: Gateway) -> None:
    place, tenant = queue(gateway), f"t-{uuid4().hex[:8]}"
    source = gateway.put_source(tenant_id=tenant)
    path = f"/admin/tenants/{tenant}/subscriptions/mine"
    refused = gateway.signed("PUT", path, {"target": place.arn})
    assert refused.status == 422, refused.body
    assert "TargetTenants" in refused.body
    with subscribed(gateway, source, place.arn, tenant_id=tenant) as subscription_id:
        _, delivery = delivered(gateway, source, subscription_id)
        assert delivery["attempts"][0]["error"] == "target_refused"
        assert place.sqs.receive_message(QueueUrl=place.url).get("Messages", []) == []


@pytest.mark.parametrize("which", ["EventsQueueUrl", "DeliveriesQueueUrl", "InboxQueueUrl"])
def test_doorbell_s_own_queues_are_refused(gateway: Gateway, which: str) -> None:
    sqs, url = gateway.stack.client("sqs"), gateway.stack.outputs[which]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    path = f"/admin/tenants/{TENANT}/subscriptions/own"
    refused = gateway.signed("PUT", path, {"target": arn})
    assert refused.status == 422, refused.body
    assert "Doorbell itself" in refused.body
