"""A purge over HTTP, on the stack: the tenant is gone, another is not, the record stays, under enforced IAM.

The stack has `PurgeJobs` on; that without it the role may not delete is held against the template.
"""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.gateway import SIGNING_SECRET, Gateway
from tests.support.subscribers import Subscriber, ok, subscriber

pytestmark = pytest.mark.e2e

SECONDS = 240
EVENTS = 3


def filled(gateway: Gateway, tenant: str, serving: Subscriber) -> str:
    """With a source, a subscription, events and their deliveries; an event's id."""
    gateway.put_source(tenant_id=tenant)
    item = {"url": serving.url, "secrets": [gateway.put_secret(SIGNING_SECRET)]}
    assert gateway.signed("PUT", f"/admin/tenants/{tenant}/subscriptions/audit", item).status == 200
    event = {"type": "a.b", "tenant_id": tenant, "data": {"text": "x" * 50_000}}
    ids = [gateway.signed("POST", "/events", event).json["event_id"] for _ in range(EVENTS)]
    for event_id in ids:
        gateway.wait_until_ended(event_id, 1, SECONDS)
    return str(ids[0])


def purged(gateway: Gateway, tenant: str, **more: Any) -> dict[str, Any]:
    jobs = f"/admin/tenants/{tenant}/jobs"
    asked = gateway.signed("POST", jobs, {"kind": "purge", "confirm": tenant, **more})
    assert asked.status == 202, asked.body
    one = f"{jobs}/{asked.json['job_id']}"
    gateway.wait_until(lambda: gateway.signed("GET", one).json["ended_at"] is not None, SECONDS)
    done: dict[str, Any] = gateway.signed("GET", one).json
    assert (done["state"], done["problem"]) == ("done", "")
    return done


def test_a_tenant_is_purged_by_a_job_whose_record_stays_and_another_has_all_that_it_had(
    gateway: Gateway,
) -> None:
    goes, stays = (f"t-{uuid4().hex}" for _ in range(2))
    stays = f"{goes}.{stays[-4:]}"
    with subscriber(ok) as serving:
        of_goes, of_stays = filled(gateway, goes, serving), filled(gateway, stays, serving)
    refused = gateway.signed("POST", f"/admin/tenants/{goes}/jobs", {"kind": "purge", "confirm": stays})
    assert (refused.status, refused.json["field"]) == (422, "confirm")
    purge = purged(gateway, goes, run=True)["purge"]
    found = {kind: purge["found"][kind] for kind in ("sources", "subscriptions", "events", "bodies")}
    assert found == {"sources": 1, "subscriptions": 1, "events": EVENTS, "bodies": EVENTS}
    assert set(purge["left"].values()) == {0}
    assert gateway.signed("GET", f"/admin/events/{of_goes}").status == 404
    assert gateway.signed("GET", f"/admin/tenants/{goes}/subscriptions").json["items"] == []
    assert [job["kind"] for job in gateway.signed("GET", f"/admin/tenants/{goes}/jobs").json["jobs"]] == [
        "purge"
    ]
    assert gateway.signed("GET", f"/admin/events/{of_stays}/body").status == 200
    assert set(gateway.deliveries(of_stays)) == {"audit"}
    (subscription,) = gateway.signed("GET", f"/admin/tenants/{stays}/subscriptions").json["items"]
    assert subscription["item"]["subscription_id"] == "audit"
