"""What a subscriber gets: the bytes, the form, the signatures."""

import hashlib
import hmac
import json
import random
from base64 import b64decode, b64encode
from time import sleep
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.support.gateway import PUSH, SIGNING_SECRET, Gateway, github_headers
from tests.support.subscribers import Received, ok, subscriber

pytestmark = pytest.mark.e2e

NEW_SECRET = "whsec_" + b64encode(b"the key that comes after the other").decode()
SUBSCRIPTION_CACHE_SECONDS = 10.0


def accepts(secret: str, received: Received) -> bool:
    try:
        Webhook(secret).verify(received.body, received.headers)
    except WebhookVerificationError:
        return False
    return True


@pytest.mark.parametrize("size", [0, 20_000, 300_000, 4_000_000])
def test_body_arrives_byte_for_byte_and_its_signature_fits(gateway: Gateway, size: int) -> None:
    """Inline in the item, inline in the message, and by claim check; every byte value is in it."""
    body = random.Random(size).randbytes(size)
    source = gateway.put_source(max_body_bytes=4_500_000)
    with subscriber(ok) as serving:
        gateway.put_subscription(source, serving.url)
        headers = {**github_headers(body), "content-type": "application/octet-stream"}
        accepted = gateway.ring(source, body, headers)
        assert accepted.status == 202
        gateway.wait_until_ended(accepted.event_id, 1, 90)
        (received,) = serving.received
    assert hashlib.sha256(received.body).digest() == hashlib.sha256(body).digest()
    assert received.headers["content-type"] == "application/octet-stream"
    expected = github_headers(body)["x-hub-signature-256"]
    assert received.headers["x-hub-signature-256"] == expected  # a consumer of GitHub's works unchanged
    message = f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}.".encode() + body
    assert received.headers["webhook-signature"] == signature_of(SIGNING_SECRET, message)


def signature_of(secret: str, message: bytes) -> str:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    digest = hmac.digest(b64decode(secret.removeprefix("whsec_")), message, "sha256")
    return f"v1,{b64encode(digest).decode()}"


def test_large_json_keeps_its_own_spelling(gateway: Gateway) -> None:
    body = ('{"a" : 1.50,\n "ü": "' + "x" * 400_000 + '"}').encode()
    source = gateway.put_source(max_body_bytes=1_000_000)
    with subscriber(ok) as serving:
        gateway.put_subscription(source, serving.url)
        gateway.wait_until_ended(gateway.push(source, body).event_id, 1, 90)
        (received,) = serving.received
    assert received.body == body


def test_secret_can_be_rotated_without_a_moment_in_which_consumers_fail(gateway: Gateway) -> None:
    source = gateway.put_source()
    old, new = gateway.put_secret(SIGNING_SECRET), gateway.put_secret(NEW_SECRET)
    with subscriber(ok) as serving:
        subscription = gateway.put_subscription(source, serving.url, secrets=[new, old])
        gateway.wait_until_ended(gateway.push(source).event_id, 1, 60)
        key = {"tenant_id": f"t-{source}", "subscription_id": subscription}
        gateway.update("SubscriptionsTableName", key, secrets=[new])
        sleep(SUBSCRIPTION_CACHE_SECONDS + 1)
        gateway.wait_until_ended(gateway.push(source).event_id, 1, 60)
        during, after = serving.received
    assert (accepts(NEW_SECRET, during), accepts(SIGNING_SECRET, during)) == (True, True)
    assert (accepts(NEW_SECRET, after), accepts(SIGNING_SECRET, after)) == (True, False)
    changed = Received(during.at, during.headers, during.body.replace(b"main", b"mail", 1))
    assert changed.body != during.body
    assert not accepts(NEW_SECRET, changed)


def test_filter_decides_and_the_routing_record_says_why(gateway: Gateway) -> None:
    source = gateway.put_source()
    branch = json.loads(PUSH)["ref"]
    with subscriber(ok) as serving:
        wants = gateway.put_subscription(source, serving.url, filter=f"body.ref == '{branch}'")
        other = gateway.put_subscription(source, serving.url, filter="starts_with(body.ref, 'refs/tags/')")
        unasked = gateway.put_subscription(source, serving.url, filter="body.ref == 'refs/heads/other'")
        broken = gateway.put_subscription(source, serving.url, filter="length(body.deleted) > `0`")
        event_id = gateway.push(source).event_id
        assert set(gateway.wait_until_ended(event_id, 1, 60)) == {wants}
    routing = gateway.signed("GET", f"/admin/events/{event_id}").json["routing"]
    assert {match["subscription_id"]: match["reason"] for match in routing} == {
        wants: "matched",
        other: "filter",
        broken: "filter_error",
    }
    why = gateway.signed("GET", f"/admin/events/{event_id}/deliveries/{unasked}/why").json
    assert (why["recorded"], why["now"]["reason"]) == (None, "filter"), why


def test_transform_makes_the_body_that_is_signed_and_cloudevents_wraps_it(gateway: Gateway) -> None:
    source = gateway.put_source()
    transform = "{branch: body.ref, kind: event.type}"
    with subscriber(ok) as plain, subscriber(ok) as wrapped:
        gateway.put_subscription(source, plain.url, transform=transform)
        gateway.put_subscription(source, wrapped.url, transform=transform, body="cloudevents")
        event_id = gateway.push(source).event_id
        gateway.wait_until_ended(event_id, 2, 60)
        (short,), (cloud,) = plain.received, wrapped.received
    data = {"branch": json.loads(PUSH)["ref"], "kind": "push"}
    assert json.loads(short.body) == data
    envelope = json.loads(cloud.body)
    assert cloud.headers["content-type"].startswith("application/cloudevents+json")
    assert envelope.pop("time").endswith("Z")
    assert envelope == {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/in/{source}",
        "type": "push",
        "datacontenttype": "application/json",
        "data": data,
    }
    assert accepts(SIGNING_SECRET, short)
    assert accepts(SIGNING_SECRET, cloud)


def test_transform_that_fails_is_a_failed_delivery_and_nothing_is_sent(gateway: Gateway) -> None:
    source = gateway.put_source()
    with subscriber(ok) as serving:
        subscription = gateway.put_subscription(
            source, serving.url, transform="length(body.deleted)", retry={"preset": "once"}
        )
        delivery = gateway.wait_until_ended(gateway.push(source).event_id, 1, 60)[subscription]
        assert serving.received == []
    assert delivery["state"] == "exhausted"
    (attempt,) = delivery["attempts"]
    assert attempt["error"] == "transform_failed"
    assert attempt["detail"]


@pytest.mark.parametrize("form", ["raw", "cloudevents"])
def test_the_trace_of_who_rings_and_of_who_publishes_reaches_the_subscriber(
    gateway: Gateway, form: str
) -> None:
    trace = {"traceparent": f"00-{uuid4().hex}-b7ad6b7169203331-01", "tracestate": "a=1"}
    source = gateway.put_source()
    with subscriber(ok) as serving:
        gateway.put_subscription(source, serving.url, body=form)
        rung = gateway.ring(source, PUSH, {**github_headers(PUSH), **trace})
        gateway.wait_until_ended(rung.event_id, 1, 60)
        item = {"type": "order.paid", "tenant_id": f"t-{source}", "data": 1}
        published = gateway.signed("POST", "/events", item, **trace)
        gateway.wait_until_ended(published.json["event_id"], 1, 60)
        received = serving.received
    for request in received:
        assert {name: request.headers[name] for name in trace} == trace
    assert len(received) == 2
