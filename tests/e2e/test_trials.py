"""Tests as jobs, on the stack: asked for over HTTP, begun at once, sent by the dispatcher, told under IAM."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.gateway import SIGNING_SECRET, Gateway
from tests.support.subscribers import failing, ok, subscriber

pytestmark = pytest.mark.e2e

SECONDS = 150
"""More than two ticks of the clock."""


def subscribe(gateway: Gateway, of_tenant: str, name: str, url: str) -> None:
    item = {"url": url, "secrets": [gateway.put_secret(SIGNING_SECRET)]}
    assert gateway.signed("PUT", f"{of_tenant}/subscriptions/{name}", item).status == 200


def outcome(gateway: Gateway, of_tenant: str, name: str) -> dict[str, Any]:
    asked = gateway.signed("POST", f"{of_tenant}/jobs", {"kind": "test", "subscription_id": name})
    assert (asked.status, asked.json["state"]) == (202, "queued")
    one = f"{of_tenant}/jobs/{asked.json['job_id']}"
    gateway.wait_until(lambda: gateway.signed("GET", one).json["ended_at"] is not None, SECONDS)
    done: dict[str, Any] = gateway.signed("GET", one).json
    assert (done["state"], done["problem"]) == ("done", "")
    return done


def test_a_test_arrives_at_its_subscription_alone_and_its_answer_is_on_record(gateway: Gateway) -> None:
    of_tenant = f"/admin/tenants/t-{uuid4().hex}"
    with subscriber(ok) as serving, subscriber(ok) as other:
        subscribe(gateway, of_tenant, "audit", serving.url)
        subscribe(gateway, of_tenant, "other", other.url)
        with gateway.without_ticks():
            told = outcome(gateway, of_tenant, "audit")["test"]
        assert (told["outcome"], told["status"], told["advice"]) == ("delivered", 204, "")
        (request,) = serving.received
        assert request.headers["webhook-id"] == told["event_id"]
        assert other.received == []


def test_a_test_that_is_not_delivered_says_why_and_is_tried_once(gateway: Gateway) -> None:
    of_tenant = f"/admin/tenants/t-{uuid4().hex}"
    with subscriber(failing(9, 404)) as serving:
        subscribe(gateway, of_tenant, "audit", serving.url)
        told = outcome(gateway, of_tenant, "audit")["test"]
        assert (told["outcome"], told["status"]) == ("failed", 404)
        assert told["advice"] == "There is nothing at this URL."
        found = gateway.wait_until_ended(told["event_id"], 1, SECONDS)
        assert found["audit"]["state"] == "cancelled"
        assert len(serving.received) == 1


def test_a_paused_subscription_is_refused_a_test(gateway: Gateway) -> None:
    of_tenant = f"/admin/tenants/t-{uuid4().hex}"
    subscribe(gateway, of_tenant, "audit", "https://example.com/hook")
    assert gateway.signed("POST", f"{of_tenant}/subscriptions/audit/pause").status == 200
    refused = gateway.signed("POST", f"{of_tenant}/jobs", {"kind": "test", "subscription_id": "audit"})
    assert (refused.status, refused.json["code"]) == (409, "subscription_paused")
