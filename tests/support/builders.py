"""Domain objects with sound defaults, each with what a test wants different."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.events import BodyAt, Unsigned, VerifiedEvent
from doorbell.domain.records import Incoming, StoredEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.domain.subscriptions import Subscription
from doorbell.signatures.vouching import publish_event
from tests.support.fakes import START

TENANT = "acme"


def a_source(**changes: Any) -> Source:
    return replace(Source("github-main", "github", secrets=("ssm:/s",), tenant_id=TENANT), **changes)


def a_request(body: bytes = b'{"a":1}', **changes: Any) -> RawRequest:
    headers = {"content-type": "application/json", "host": "hooks.example"}
    url = "https://hooks.example/in/github-main"
    return replace(RawRequest("POST", url, "/in/github-main", "", headers, body, "192.0.2.7"), **changes)


def a_verified_event(body: bytes = b'{"a":1}', key: str = "k1", ingest_id: str = "ing_1") -> VerifiedEvent:
    """Made the way every event is made: by the verifier."""
    given = Unsigned(
        ingest_id=ingest_id,
        tenant_id=TENANT,
        event_type="invoice.paid",
        event_key=key,
        body=body,
        now=START,
    )
    return publish_event("arn:aws:iam::123456789012:role/tests", given)


def an_incoming(body: bytes | BodyAt = b'{"a":1}', **changes: Any) -> Incoming:
    incoming = Incoming(
        ingest_id="ing_1",
        event_id="evt_1",
        tenant_id=TENANT,
        source_id="github-main",
        provider="github",
        event_type="push",
        dedupe_window_seconds=3600,
        received_at=START,
        content_type="application/json",
        headers={"content-type": "application/json"},
        body=body if isinstance(body, BodyAt) else BodyAt(size=len(body), inline=body),
    )
    return replace(incoming, **changes)


def a_stored_event(incoming: Incoming | None = None, **changes: Any) -> StoredEvent:
    incoming = incoming or an_incoming()
    event = StoredEvent(incoming.event_id, incoming, 0, START, START + 3600, int(START) + 30 * 86_400)
    return replace(event, **changes)


def a_subscription(subscription_id: str = "sub_1", **changes: Any) -> Subscription:
    return replace(Subscription(TENANT, subscription_id, "https://example.com/hook"), **changes)


def a_delivery(subscription_id: str = "sub_1", **changes: Any) -> Delivery:
    delivery = Delivery(
        key=DeliveryKey("evt_1", subscription_id),
        tenant_id=TENANT,
        state=State.PENDING,
        created_at=START,
        next_attempt_at=START,
        due_at=START + 900,
        expires_at=int(START) + 30 * 86_400,
    )
    return replace(delivery, **changes)
