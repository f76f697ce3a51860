"""`POST /events` and `/admin/…`: IAM at the door, the whole story behind it."""

import json
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook

from tests.support.gateway import SIGNING_SECRET, Gateway
from tests.support.subscribers import failing, ok, subscriber

pytestmark = pytest.mark.e2e


def test_published_event_is_delivered_and_its_id_is_an_idempotency_key(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        team = uuid4().hex
        gateway.put_subscription(team, serving.url, event_types=["order.*"])
        event = {"id": "o-1", "type": "order.paid", "tenant_id": f"t-{team}", "data": {"total": "12.50"}}
        first, again = gateway.signed("POST", "/events", event), gateway.signed("POST", "/events", event)
        assert (first.status, again.status) == (202, 202)
        event_id = first.json["event_id"]
        assert again.json["event_id"] == event_id
        gateway.wait_until_ended(event_id, 1, 60)
        (received,) = serving.received
    assert json.loads(received.body) == {"total": "12.50"}
    assert received.headers["doorbell-event-type"] == "order.paid"
    Webhook(SIGNING_SECRET).verify(received.body, received.headers)


def test_batch_takes_the_good_events_and_names_the_bad_one(gateway: Gateway) -> None:
    good = {"type": "order.paid", "tenant_id": f"t-{uuid4().hex}", "data": 1}
    answer = gateway.signed("POST", "/events", [good, {"data": 2}, good])
    assert answer.status == 207
    results = answer.json["results"]
    assert [result["status"] for result in results] == [202, 422, 202]
    assert "type" in results[1]["detail"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/events"), ("GET", "/admin/events/evt_x")])
def test_route_for_the_team_is_closed_to_who_has_no_iam_identity(
    gateway: Gateway, method: str, path: str
) -> None:
    event_type = f"t{uuid4().hex}"
    body = json.dumps({"type": event_type, "data": 1}).encode()
    assert gateway.http(method, path, body).status == 403
    gateway.wait_until_fanned_out(60)
    assert gateway.events_with("event_type", event_type) == []


def test_admin_tells_the_whole_story_of_an_event(gateway: Gateway) -> None:
    with subscriber(failing(1)) as serving:
        source = gateway.put_source()
        wants = gateway.put_subscription(source, serving.url, retry={"schedule": [0, 1]})
        other = gateway.put_subscription(source, serving.url, event_types=["release"])
        accepted = gateway.push(source)
        gateway.wait_until_ended(accepted.event_id, 1, 60)
    story = gateway.signed("GET", f"/admin/events/{accepted.event_id}")
    assert story.status == 200
    assert story.json["event_type"] == "push"
    assert {m["subscription_id"]: m["reason"] for m in story.json["routing"]} == {wants: "matched"}
    why = gateway.signed("GET", f"/admin/events/{accepted.event_id}/deliveries/{other}/why").json
    assert (why["recorded"], why["now"]["reason"]) == (None, "event_type"), why
    (delivery,) = story.json["deliveries"]
    assert delivery["state"] == "delivered"
    assert [(a["number"], a["status"]) for a in delivery["attempts"]] == [(1, 500), (2, 204)]


def test_unknown_event_is_a_404_problem(gateway: Gateway) -> None:
    answer = gateway.signed("GET", "/admin/events/evt_nobody")
    assert (answer.status, answer.json["code"]) == (404, "unknown_event")


def test_replay_is_a_new_generation_with_the_same_webhook_id_and_rewrites_nothing(gateway: Gateway) -> None:
    with subscriber(failing(1)) as serving:
        source = gateway.put_source()
        subscription = gateway.put_subscription(source, serving.url, retry={"preset": "once"})
        accepted = gateway.push(source)
        before = gateway.wait_until_ended(accepted.event_id, 1, 60)[subscription]
        assert (before["state"], before["reason"]) == ("exhausted", "schedule")
        path = f"/admin/events/{accepted.event_id}/deliveries/{subscription}/replay"
        answer = gateway.signed("POST", path)
        assert (answer.status, answer.json["generation"]) == (202, 1)
        after = gateway.wait_until_ended(accepted.event_id, 2, 60)
        received = serving.wait_for(2, 1)
    assert after[f"{subscription}#0001"]["state"] == "delivered"
    assert after[subscription] == before
    assert [r.headers["webhook-id"] for r in received] == [accepted.event_id] * 2
    assert [r.headers["doorbell-attempt"] for r in received] == ["1", "1"]
