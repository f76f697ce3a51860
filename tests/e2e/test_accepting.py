"""A proven event comes in by each kind of source and reaches its subscriber, once."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime
from time import sleep, time
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook

from tests.support.gateway import PUSH, SIGNING_SECRET, Gateway, github_headers
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e

PROVIDER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"type":"invoice.paid","data":{"id":"in_1","amount":4200}}'


def test_signed_push_is_delivered_with_its_own_bytes_and_our_signature(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source()
        subscription = gateway.put_subscription(source, serving.url, event_types=["push"])
        accepted = gateway.push(source)
        assert accepted.status == 202
        delivery = gateway.wait_until_ended(accepted.event_id, 1, 60)[subscription]
        (received,) = serving.received
    assert delivery["state"] == "delivered"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [204]
    assert received.body == PUSH
    assert received.headers["webhook-id"] == accepted.event_id
    assert received.headers["x-github-event"] == "push"
    assert received.headers["doorbell-attempt"] == "1"
    Webhook(SIGNING_SECRET).verify(received.body, received.headers)


def test_a_path_below_a_sources_url_is_no_source(gateway: Gateway) -> None:
    """With a slash alone at its end it is one: `tests/unit/runtime/test_http.py`."""
    source = gateway.put_source()
    assert gateway.http("POST", f"/in/{source}/more", PUSH, github_headers(PUSH)).status == 404


def test_provider_duplicate_makes_one_event_and_one_delivery(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source()
        gateway.put_subscription(source, serving.url)
        key = str(uuid4())
        answers = [gateway.push(source, delivery=key) for _ in range(3)]
        assert {answer.status for answer in answers} == {202}
        assert len({answer.event_id for answer in answers}) == 1
        event_id = answers[0].event_id
        gateway.wait_until_ended(event_id, 1, 60)
        other = gateway.push(source)  # of the same tenant, later in the queue: when it is there, so were they
        gateway.wait_until_ended(other.event_id, 1, 60)
        sleep(2)
        ids = [received.headers["webhook-id"] for received in serving.received]
        assert sorted(ids) == sorted([event_id, other.event_id])
        assert sorted(item["sk"].partition("#")[0] for item in gateway.items(event_id)) == [
            "delivery",
            "event",
        ]


def test_standard_webhooks_source_takes_what_the_official_library_signed(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source(
            provider="standard-webhooks", secrets=[gateway.put_secret(PROVIDER_SECRET)]
        )
        gateway.put_subscription(source, serving.url, event_types=["invoice.*"])
        at = datetime.now(UTC)
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(PROVIDER_SECRET).sign("msg_1", at, BODY.decode()),
        }
        accepted = gateway.ring(source, BODY, headers)
        assert accepted.status == 202
        stale = {**headers, "webhook-timestamp": str(int(time()) - 3600)}
        assert gateway.ring(source, BODY, stale).json["code"] in (
            "timestamp_out_of_tolerance",
            "signature_mismatch",
        )
        gateway.wait_until_ended(accepted.event_id, 1, 60)
        (received,) = serving.received
    assert received.headers["doorbell-event-type"] == "invoice.paid"
    assert received.headers["webhook-id"] == accepted.event_id
    assert received.headers["doorbell-original-webhook-id"] == "msg_1"
    Webhook(SIGNING_SECRET).verify(received.body, received.headers)


def test_hmac_source_is_checked_as_its_own_scheme_says(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source(
            provider="hmac",
            scheme={
                "algorithm": "hmac-sha512",
                "signature": {"header": "x-acme-signature", "prefix": "v1=", "encoding": "base64"},
                "timestamp": {"header": "x-acme-time", "unit": "s", "tolerance": 300},
                "message": ["timestamp", "text:.", "body"],
            },
            secrets=[gateway.put_secret("acme's secret")],
            event_type={"from": "body", "key": "type"},
            dedupe={"from": "body", "key": "data.id"},
        )
        gateway.put_subscription(source, serving.url, event_types=["invoice.paid"])
        headers = acme_headers(BODY, int(time()))
        accepted = gateway.ring(source, BODY, headers)
        assert accepted.status == 202, accepted
        assert gateway.ring(source, BODY + b" ", headers).status == 401
        again = gateway.ring(source, BODY, acme_headers(BODY, int(time()) + 1))
        assert again.event_id == accepted.event_id
        gateway.wait_until_ended(accepted.event_id, 1, 60)
        assert [json.loads(received.body)["data"]["id"] for received in serving.received] == ["in_1"]


def acme_headers(body: bytes, at: int) -> dict[str, str]:
    digest = hmac.digest(b"acme's secret", f"{at}.".encode() + body, hashlib.sha512)
    return {"x-acme-time": str(at), "x-acme-signature": "v1=" + b64encode(digest).decode()}
