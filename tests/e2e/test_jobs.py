"""Jobs over HTTP, on the stack: asked for, called by the sweeper, worked off under their function's role."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from tests.support.gateway import SIGNING_SECRET, Gateway
from tests.support.subscribers import Subscriber, failing, ok, subscriber

pytestmark = pytest.mark.e2e

SINCE = "2020-01-01T00:00:00Z"
SECONDS = 150
"""More than two ticks of the clock."""
EVENTS, MISSED = 12, 3


def subscribe(gateway: Gateway, of_tenant: str, serving: Subscriber) -> None:
    item = {
        "url": serving.url,
        "secrets": [gateway.put_secret(SIGNING_SECRET)],
        "retry": {"preset": "once"},
    }
    assert gateway.signed("PUT", f"{of_tenant}/subscriptions/audit", item).status == 200


def publish(gateway: Gateway, tenant: str, count: int) -> list[str]:
    item = {"type": "a.b", "tenant_id": tenant, "data": {}}
    return [gateway.signed("POST", "/events", item).json["event_id"] for _ in range(count)]


def until_it_ends(gateway: Gateway, one: str) -> dict[str, Any]:
    gateway.wait_until(lambda: gateway.signed("GET", one).json["ended_at"] is not None, SECONDS)
    found: dict[str, Any] = gateway.signed("GET", one).json
    return found


def received(serving: Subscriber) -> Counter[str]:
    return Counter(request.headers["webhook-id"] for request in serving.received)


def test_what_came_before_a_subscription_was_made_is_brought_by_a_job_and_each_once(gateway: Gateway) -> None:
    tenant = f"t-{uuid4().hex}"
    of_tenant = f"/admin/tenants/{tenant}"
    ids = publish(gateway, tenant, EVENTS)
    events = f"{of_tenant}/events"
    gateway.wait_until(lambda: len(gateway.signed("GET", events).json["events"]) == EVENTS, SECONDS)
    with subscriber(ok) as serving:
        subscribe(gateway, of_tenant, serving)
        wanted = {"kind": "replay", "subscription_id": "audit", "since": SINCE, "would_match": True}
        asked = gateway.signed("POST", f"{of_tenant}/jobs", {**wanted, "per_second": 100})
        assert (asked.status, asked.json["state"]) == (202, "queued")
        done = until_it_ends(gateway, f"{of_tenant}/jobs/{asked.json['job_id']}")
        assert (done["state"], done["written"], done["problem"]) == ("done", EVENTS, "")
        serving.wait_for(EVENTS, SECONDS)
        for event_id in ids:
            gateway.wait_until_ended(event_id, 1, SECONDS)
        assert received(serving) == Counter(ids)


def test_what_was_missed_is_replayed_by_a_job_and_one_that_is_cancelled_does_nothing(
    gateway: Gateway,
) -> None:
    tenant = f"t-{uuid4().hex}"
    of_tenant = f"/admin/tenants/{tenant}"
    wanted = {"kind": "replay", "subscription_id": "audit", "since": SINCE}
    with subscriber(failing(MISSED, 400)) as serving:
        subscribe(gateway, of_tenant, serving)
        ids = publish(gateway, tenant, MISSED)
        for event_id in ids:
            gateway.wait_until_ended(event_id, 1, SECONDS)
        with gateway.without_ticks():
            one = f"{of_tenant}/jobs/{gateway.signed('POST', f'{of_tenant}/jobs', wanted).json['job_id']}"
            cancelled = gateway.signed("POST", f"{one}/cancel")
            assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
        again = f"{of_tenant}/jobs/{gateway.signed('POST', f'{of_tenant}/jobs', wanted).json['job_id']}"
        done = until_it_ends(gateway, again)
        assert (done["state"], done["written"], done["left_out"]) == ("done", MISSED, {})
        for event_id in ids:
            found = gateway.wait_until_ended(event_id, 2, SECONDS)
            assert {name: item["state"] for name, item in found.items()} == {
                "audit": "exhausted",
                "audit#0001": "delivered",
            }
    assert gateway.signed("GET", one).json == cancelled.json
    states = [job["state"] for job in gateway.signed("GET", f"{of_tenant}/jobs").json["jobs"]]
    assert states == ["done", "cancelled"]
