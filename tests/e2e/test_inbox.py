"""What services of this account send to the inbox queue reaches a subscriber, with IAM enforced."""

import json
from collections.abc import Iterator
from time import sleep
from uuid import uuid4

import pytest

from doorbell.store.configuration.subscriptions import CACHE_SECONDS
from tests.support.gateway import Gateway
from tests.support.subscribers import Subscriber, ok, subscriber

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def receiver(gateway: Gateway) -> Iterator[Subscriber]:
    """Of all that comes by the inbox: the tenant is the parameter's."""
    with subscriber(ok) as serving:
        fields = {"tenant_id": "default", "subscription_id": "inbox-tests", "sources": ["inbox"]}
        gateway.put_subscription("", serving.url, signing="none", secrets=[], **fields)
        sleep(CACHE_SECONDS + 1)  # the tenant is not this file's alone: fan-out may remember it without
        yield serving
        key = {"tenant_id": "default", "subscription_id": "inbox-tests"}
        gateway.delete("SubscriptionsTableName", key)


def got(receiver: Subscriber, event_type: str) -> list[object]:
    mine = [one for one in receiver.received if one.headers["doorbell-event-type"] == event_type]
    return [json.loads(one.body) for one in mine]


def test_what_a_rule_a_topic_and_a_bucket_send_becomes_events(gateway: Gateway, receiver: Subscriber) -> None:
    name, queue = f"inbox-{uuid4().hex[:8]}", gateway.stack.outputs["InboxQueueArn"]
    bus, sns, s3 = (gateway.stack.client(service) for service in ("events", "sns", "s3"))
    bus.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    bus.put_targets(Rule=name, Targets=[{"Id": "doorbell", "Arn": queue}])
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    s3.create_bucket(Bucket=name)
    told = {"QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=told)

    entry = {"Source": name, "DetailType": f"{name}.paid", "Detail": json.dumps({"order": 17})}
    bus.put_events(Entries=[entry])
    sns.publish(TopicArn=topic, Message=json.dumps({"order": 18}))
    s3.put_object(Bucket=name, Key="a.csv", Body=b"1,2")
    types = (f"{name}.paid", f"sns.{name}", "s3.ObjectCreated:Put")
    gateway.wait_until(lambda: all(got(receiver, one) for one in types), 150)
    assert got(receiver, f"{name}.paid")[0] == {"order": 17}
    assert got(receiver, f"sns.{name}")[0] == {"order": 18}
    (record, *_) = got(receiver, "s3.ObjectCreated:Put")
    assert isinstance(record, dict)
    assert record["s3"]["object"]["key"] == "a.csv"


def test_the_same_id_is_one_event_and_what_is_none_comes_to_no_harm(
    gateway: Gateway, receiver: Subscriber
) -> None:
    sqs, url = gateway.stack.client("sqs"), gateway.stack.outputs["InboxQueueUrl"]
    kind = f"order.{uuid4().hex[:8]}"
    item = json.dumps({"id": kind, "type": kind, "data": 1})
    later = json.dumps({"type": f"{kind}.later", "data": 2})
    for body in (item, "no event", item, later):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    gateway.wait_until(lambda: bool(got(receiver, kind) and got(receiver, f"{kind}.later")), 150)
    assert got(receiver, kind) == [1]
