"""Doorbell rings about itself: who watches hears of a trouble once and of its end once, however many fail."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from time import sleep, time
from typing import Any

import pytest

from doorbell.domain.events import BodyAt, Unsigned, VerifiedEvent
from doorbell.domain.incidents import Cause
from doorbell.queues.events import EventsQueueWriter
from doorbell.signatures.vouching import publish_event
from doorbell.store.configuration.subscriptions import CACHE_SECONDS
from doorbell.store.health.incidents import incident_key
from tests.support.gateway import Gateway
from tests.support.subscribers import Handler, Subscriber, subscriber

pytestmark = pytest.mark.e2e

EVENTS, LOST = 300, 50
KINDS = ["endpoint.*", "delivery.exhausted", "probe"]


def slack(handler: Handler, number: int) -> None:
    """As its incoming webhooks answer: what is no message of theirs is refused."""
    message = json.loads(handler.subscriber.received[number - 1].body)
    blocks = message.get("blocks", [])
    fits = message.get("text") and [block["type"] for block in blocks] == ["header", "section"]
    handler.answer(200 if fits else 400, b"ok" if fits else b"invalid_blocks")


def broken(handler: Handler, number: int) -> None:
    handler.answer(503, retry_after="1")


class Down:
    """503 until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    def __call__(self, handler: Handler, number: int) -> None:
        if self.mended:
            handler.answer(204)
        else:
            broken(handler, number)


@dataclass(frozen=True)
class Channel:
    serving: Subscriber

    def said_of(self, tenant: str) -> list[str]:
        texts = [json.loads(one.body)["text"] for one in self.serving.received]
        return [text for text in texts if f" {tenant}/" in text]


@pytest.fixture(scope="module")
def channel(gateway: Gateway) -> Iterator[Channel]:
    """A channel, and one beside it that is broken. They are known to fan-out once it has forgotten what it
    may have read of the tenant before; a probe tells."""
    with subscriber(slack) as serving, subscriber(broken) as out_of_order:
        fields = {"preset": "slack", "rate_limit_per_second": 100, "event_types": KINDS, "secrets": []}
        for name, url in (("slack", serving.url), ("broken", out_of_order.url)):
            gateway.put_subscription("", url, tenant_id="doorbell", subscription_id=name, **fields)
        sleep(CACHE_SECONDS + 1)
        gateway.signed("POST", "/events", {"type": "probe", "tenant_id": "doorbell", "data": {}})
        gateway.wait_until(lambda: bool(serving.received and out_of_order.received), 120)
        yield Channel(serving)
        for name in ("slack", "broken"):
            gateway.delete("SubscriptionsTableName", {"tenant_id": "doorbell", "subscription_id": name})


def publish(gateway: Gateway, tenant: str, count: int, first: int = 0) -> list[str]:
    """Straight on the queue, as publish puts them there: thirty calls of the API would take a while. Each
    number of a tenant is one event, however often it is published."""
    events = [_event(tenant, f"{number}") for number in range(first, first + count)]
    queue = EventsQueueWriter(gateway.stack.client("sqs"), gateway.stack.outputs["EventsQueueUrl"])
    queue.send_all([(event, BodyAt(size=len(event.body), inline=event.body)) for event in events])
    return [event.event_id for event in events]


def _event(tenant: str, key: str) -> VerifiedEvent:
    given = Unsigned(
        ingest_id=f"{tenant}-{key}",
        tenant_id=tenant,
        event_type="order.paid",
        event_key=key,
        body=b"{}",
        now=time(),
    )
    return publish_event("arn:aws:iam::123456789012:role/tests", given)


def test_a_channel_hears_once_of_300_failures_and_once_of_the_recovery(
    gateway: Gateway, channel: Channel
) -> None:
    down = Down()
    with subscriber(down) as endpoint, gateway.without_ticks():
        tenant = gateway.put_subscription_of_a_new_tenant(endpoint.url)
        publish(gateway, tenant, EVENTS)
        gateway.wait_until_fanned_out(60)
        endpoint.wait_for(1, 30)
        for _ in range(2):
            gateway.sweep()
        gateway.wait_until(lambda: bool(channel.said_of(tenant)), 30)
        assert channel.said_of(tenant) == [f"Endpoint {tenant}/{tenant} is parked"]
        down.mended = True
        gateway.wait_until(lambda: _is_well(gateway, tenant), 60)
        for _ in range(2):
            gateway.sweep()
        gateway.wait_until(lambda: len(channel.said_of(tenant)) > 1, 30)
        assert channel.said_of(tenant)[1:] == [f"Endpoint {tenant}/{tenant} is no longer parked"]
        gateway.delete("SubscriptionsTableName", {"tenant_id": tenant, "subscription_id": tenant})


def test_what_is_given_up_is_told_once_with_its_number_and_a_channel_that_fails_is_not_told_of(
    gateway: Gateway, channel: Channel
) -> None:
    with subscriber(lambda handler, number: handler.answer(400)) as endpoint, gateway.without_ticks():
        tenant = gateway.put_subscription_of_a_new_tenant(endpoint.url, retry={"schedule": [0]})
        for event_id in publish(gateway, tenant, LOST):
            gateway.wait_until_ended(event_id, 1, 60)
        gateway.wait_until(lambda: _noted(gateway, tenant) == LOST, 30)
        gateway.sweep()
        gateway.wait_until(lambda: bool(channel.said_of(tenant)), 30)
        gateway.sweep()
        assert channel.said_of(tenant) == [f"Endpoint {tenant}/{tenant}: {LOST} deliveries given up"]
        assert [one for one in gateway.own_events("endpoint.parked") if "doorbell" in one["about"]] == []


def _noted(gateway: Gateway, tenant: str) -> int:
    """Deliveries that were given up: each is noted a moment after it has ended."""
    item = _endpoint(gateway, incident_key(Cause.EXHAUSTED, f"{tenant}/{tenant}"))
    return int(item["noted"]["N"]) if "noted" in item else 0


def _is_well(gateway: Gateway, tenant: str) -> bool:
    """Nobody else looks at a list here while there are no ticks."""
    gateway.sweep()
    return "parked_until" not in _endpoint(gateway, f"{tenant}/{tenant}")


def _endpoint(gateway: Gateway, name: str) -> dict[str, Any]:
    table, key = gateway.stack.outputs["EndpointsTableName"], {"subscription_id": {"S": name}}
    found = gateway.stack.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    return dict(found.get("Item", {}))
