"""The admin API under its own IAM role, and what CloudWatch shows of the stack."""

from uuid import uuid4

import pytest

from doorbell.signatures.signing.outgoing import public_key
from doorbell_cli.stack import LocalStack
from tests.support.gateway import SIGNING_SECRET, Gateway
from tests.support.subscribers import failing, subscriber

pytestmark = pytest.mark.e2e

ED25519_SECRET = "whsk_" + "A" * 43 + "="


def test_a_customer_is_set_up_watched_and_served_over_the_admin_api_alone(gateway: Gateway) -> None:
    tenant = f"t-{uuid4().hex}"
    of_tenant = f"/admin/tenants/{tenant}"
    one = f"{of_tenant}/subscriptions/audit"
    with subscriber(failing(1)) as serving:
        item = {
            "tenant_id": tenant,
            "subscription_id": "audit",
            "url": serving.url,
            "secrets": [gateway.put_secret(SIGNING_SECRET)],
            "retry": {"preset": "once"},
        }
        assert gateway.signed("PUT", one, item).status == 200
        assert (
            gateway.signed("GET", f"{of_tenant}/subscriptions").json["items"][0]["item"]["url"] == serving.url
        )
        published = gateway.signed("POST", "/events", {"type": "a.b", "tenant_id": tenant, "data": {}})
        event_id = published.json["event_id"]
        gateway.wait_until_ended(event_id, 1, 60)
        assert [e["event_id"] for e in gateway.signed("GET", f"{of_tenant}/events").json["events"]] == [
            event_id
        ]
        (missed,) = gateway.signed("GET", f"{one}/undelivered").json["missed"]
        assert (missed["event_id"], missed["state"]) == (event_id, "exhausted")
        # health is written a moment after the delivery has ended
        gateway.wait_until(lambda: gateway.signed("GET", f"{one}/health").json["failures"] == 1, 30)
        assert gateway.signed("POST", f"{one}/health/reset").json["failures"] == 0
        replay = f"/admin/events/{event_id}/deliveries/audit/replay"
        assert gateway.signed("POST", replay).status == 202
        gateway.wait_until_ended(event_id, 2, 60)
    shown = gateway.signed("GET", f"/admin/events/{event_id}/deliveries/audit").json["deliveries"]
    assert [delivery["state"] for delivery in shown] == ["exhausted", "delivered"]
    _shows_what_became_of_it(gateway, of_tenant, event_id)
    assert gateway.signed("POST", f"{one}/disable", {"reason": "done"}).json["enabled"] is False
    assert gateway.signed("DELETE", one).status == 204


def _shows_what_became_of_it(gateway: Gateway, of_tenant: str, event_id: str) -> None:
    """To `audit`: a 500, given up; then by a replay a success."""
    one, whole = f"{of_tenant}/subscriptions/audit", gateway.signed
    rows = whole("GET", f"{one}/deliveries").json["deliveries"]
    told = [(row["generation"], row["state"], row["status"], row["event_type"]) for row in rows]
    assert told == [(1, "delivered", 204, "a.b"), (0, "exhausted", 500, "a.b")]
    assert whole("GET", f"{one}/pending").json["deliveries"] == []
    for query in ("?status=5xx", "?type=a.*&state=exhausted"):
        assert [row["state"] for row in whole("GET", f"{one}/deliveries{query}").json["deliveries"]] == [
            "exhausted"
        ]
    searched = whole("GET", f"{of_tenant}/events?state=delivered&source=publish").json["events"]
    assert [event["event_id"] for event in searched] == [event_id]
    (found,) = whole("GET", f"{of_tenant}/find?id={event_id}/audit").json["found"]
    assert found["what"] == "delivery"
    (failed,) = whole("GET", f"{found['path']}/attempts").json["attempts"]
    assert (failed["generation"], failed["number"], len(failed["signed_by"])) == (0, 1, 1)
    sent = {header["name"]: header["value"] for header in failed["request_headers"]}
    assert sent["webhook-id"] == event_id
    assert failed["total_ms"] >= failed["first_byte_ms"]


def test_sources_are_written_listed_and_deleted_under_admin_s_own_role(gateway: Gateway) -> None:
    source_id = f"s-{uuid4().hex}"
    one = f"/admin/sources/{source_id}"
    item = {
        "source_id": source_id,
        "provider": "github",
        "secrets": ["ssm:/doorbell/x"],
        "tenant_id": source_id,
    }
    assert gateway.signed("PUT", one, item).status == 200
    assert gateway.signed("GET", "/admin/sources").status == 200
    assert gateway.signed("POST", f"{one}/disable").json["enabled"] is False
    assert gateway.signed("DELETE", one).status == 204


def test_the_public_key_is_answered_under_admin_s_own_role(gateway: Gateway) -> None:
    tenant = f"t-{uuid4().hex}"
    one = f"/admin/tenants/{tenant}/subscriptions/ed"
    item = {
        "tenant_id": tenant,
        "subscription_id": "ed",
        "url": "https://example.com/",
        "signing": "standard-ed25519",
        "secrets": [gateway.put_secret(ED25519_SECRET)],
    }
    assert gateway.signed("PUT", one, item).status == 200
    answer = gateway.signed("GET", f"{one}/public-keys")
    assert answer.json == {"public_keys": [public_key(ED25519_SECRET)]}


def test_an_event_that_breaks_its_type_s_schema_is_refused_with_the_pointer_and_its_neighbours_are_taken(
    gateway: Gateway,
) -> None:
    tenant = f"t-{uuid4().hex}"
    schema = {"properties": {"amount": {"type": "integer"}}}
    path = f"/admin/tenants/{tenant}/event-types/invoice.paid"
    assert gateway.signed("PUT", path, {"json_schema": schema}).status == 200
    batch = [
        {"type": "invoice.paid", "tenant_id": tenant, "data": {"amount": amount}} for amount in (1, "one")
    ]
    answer = gateway.signed("POST", "/events", batch)
    assert answer.status == 207
    taken, refused = answer.json["results"]
    assert taken["status"] == 202
    assert (refused["status"], refused["code"]) == (422, "schema_mismatch")
    assert refused["detail"].startswith("/amount:")


def test_the_openapi_document_is_served(gateway: Gateway) -> None:
    document = gateway.signed("GET", "/admin/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert "/admin/sources/{source_id}" in document["paths"]


def test_the_alarms_are_made_and_no_dashboard_that_nobody_asked_for(stack: LocalStack) -> None:
    cloudwatch = stack.client("cloudwatch")
    assert "DashboardName" not in stack.outputs
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    assert {"DueLag", "Exhausted", "5xx", "Trouble"} <= {alarm["MetricName"] for alarm in alarms}
    assert {"QueueName", "FunctionName", "ApiId", "service"} <= {
        dimension["Name"] for alarm in alarms for dimension in alarm["Dimensions"] if dimension["Value"]
    }
