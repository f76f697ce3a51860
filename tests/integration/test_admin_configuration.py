"""The admin API's configuration half: sources, subscriptions, event types."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from doorbell.store.deliveries.delivery_items import delivery_key, delivery_values
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.endpoints import EndpointTable
from doorbell.store.health.reads import HealthReads
from tests.integration.admin_desk import Desk, api_event, close_desk, open_desk
from tests.integration.conftest import Aws
from tests.support.builders import a_delivery

EVENTS = Path(__file__).parents[2] / "events"
SOURCE = {"source_id": "gh", "provider": "github", "secrets": ["ssm:/doorbell/gh"]}
SUBSCRIPTION = {
    "tenant_id": "acme",
    "subscription_id": "audit",
    "url": "https://example.com/hook",
    "secrets": ["ssm:/doorbell/audit"],
    "retry": {"jitter": 0.5},
}
SUBSCRIPTIONS = "/admin/tenants/acme/subscriptions"


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


def test_a_source_that_is_written_is_shown_listed_and_gone_when_deleted(desk: Desk) -> None:
    written = desk.call("PUT", "/admin/sources/gh", SOURCE)
    assert written.status == 200
    assert written.json["item"].items() >= SOURCE.items()
    assert desk.call("GET", "/admin/sources/gh").json == written.json
    assert [i["key"] for i in desk.call("GET", "/admin/sources").json["items"]] == [{"source_id": "gh"}]
    assert desk.call("DELETE", "/admin/sources/gh").status == 204
    gone = desk.call("GET", "/admin/sources/gh")
    assert (gone.status, gone.json["code"]) == (404, "unknown_source")
    assert gone.headers["Content-Type"] == "application/problem+json"


def test_a_subscription_keeps_its_numbers_and_its_birthday_when_written_again(desk: Desk) -> None:
    first = desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION).json["item"]
    second = desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "description": "x"}).json["item"]
    assert first["retry"] == second["retry"] == {"jitter": 0.5}
    assert first["created_at"] == second["created_at"]
    assert second["description"] == "x"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"filter": "a["}, "filter"),
        ({"secrets": ["whsec_c2VjcmV0"]}, "secrets.0"),
        ({"retry": {"jitter": 2}}, "retry.jitter"),
        ({"subscription_id": "other"}, "subscription_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_subscription_that_could_not_be_used_is_refused_with_its_field_and_nothing_is_written(
    desk: Desk, change: dict[str, Any], field: str
) -> None:
    refused = desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, **change})
    assert (refused.status, refused.json["field"]) == (422, field)
    assert "whsec" not in refused.body
    assert desk.call("GET", f"{SUBSCRIPTIONS}/audit").status == 404


def test_a_source_its_provider_cannot_work_with_is_refused(desk: Desk) -> None:
    refused = desk.call("PUT", "/admin/sources/gh", {"source_id": "gh", "provider": "no-such"})
    assert (refused.status, refused.json["field"]) == (422, "provider")


def test_an_endpoints_health_is_shown_as_it_is_on_record(desk: Desk) -> None:
    seen = {"failures": 7, "parks": 2, "failing_since": 1000.5, "parked_until": 9e9}
    desk.put_raw("Endpoints", marshal({"subscription_id": "acme/audit", "version": 3, **seen}))
    shown = desk.call("GET", f"{SUBSCRIPTIONS}/audit/health").json
    assert shown.pop("circuit") == "open"
    for name in ("failing_since", "parked_until"):
        shown[name] = datetime.fromisoformat(shown[name]).timestamp()
    assert shown == seen


def test_disabling_says_why_and_enabling_forgets_it_and_the_endpoint_s_health(desk: Desk) -> None:
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    desk.put_raw(
        "Endpoints",
        marshal(
            {"subscription_id": "acme/audit", "failures": 7, "parks": 2, "parked_until": 9e9, "version": 3}
        ),
    )
    off = desk.call("POST", f"{SUBSCRIPTIONS}/audit/disable", {"reason": "moving house"}).json
    assert (off["enabled"], off["item"]["disabled_reason"]) == (False, "moving house")
    assert desk.call("GET", f"{SUBSCRIPTIONS}/audit/health").json["circuit"] == "open"
    on = desk.call("POST", f"{SUBSCRIPTIONS}/audit/enable").json
    assert on["enabled"] is True
    assert "disabled_reason" not in on["item"]
    health = desk.call("GET", f"{SUBSCRIPTIONS}/audit/health").json
    assert (health["circuit"], health["failures"]) == ("closed", 0)


@pytest.mark.parametrize("way", ["enable", "put"])
def test_when_it_is_switched_on_it_is_written_down_since_when_it_was_off(desk: Desk, way: str) -> None:
    desk.put_raw("Subscriptions", marshal({**SUBSCRIPTION, "enabled": False, "disabled_at": 1000}))
    if way == "enable":
        desk.call("POST", f"{SUBSCRIPTIONS}/audit/enable")
    else:
        desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    ((since, until),) = HealthReads(desk.aws.dynamodb, "EndpointsTable").off_times("acme/audit")
    assert since == 1000
    assert until == pytest.approx(time.time(), abs=60)


@pytest.mark.parametrize("way", ["resume", "put"])
def test_when_it_is_resumed_it_is_written_down_since_when_it_was_paused(desk: Desk, way: str) -> None:
    desk.put_raw("Subscriptions", marshal({**SUBSCRIPTION, "paused": True, "paused_at": 1000}))
    if way == "resume":
        desk.call("POST", f"{SUBSCRIPTIONS}/audit/resume")
    else:
        desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    ((since, until),) = HealthReads(desk.aws.dynamodb, "EndpointsTable").of_one("acme/audit").paused
    assert since == 1000
    assert until == pytest.approx(time.time(), abs=60)


@pytest.mark.parametrize("change", [{"url": "https://new.example.com/"}, {"rate_limit_per_second": 100}])
def test_an_endpoint_that_is_another_or_has_another_limit_begins_anew(
    desk: Desk, change: dict[str, Any]
) -> None:
    parked = {"subscription_id": "acme/audit", "failures": 7, "parked_until": 9e9, "version": 3, "tat": 9e9}
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    desk.put_raw("Endpoints", marshal(parked))
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "description": "the same endpoint"})
    assert desk.call("GET", f"{SUBSCRIPTIONS}/audit/health").json["circuit"] == "open"
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, **change})
    assert desk.call("GET", f"{SUBSCRIPTIONS}/audit/health").json["circuit"] == "closed"


def test_a_subscription_that_is_made_again_begins_anew(desk: Desk) -> None:
    old = {"subscription_id": "acme/audit", "failures": 7, "parked_until": 9e9, "version": 3}
    desk.put_raw("Endpoints", marshal(old))
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    assert desk.call("GET", f"{SUBSCRIPTIONS}/audit/health").json["failures"] == 0


def test_what_is_paused_is_so_until_it_is_resumed_and_who_waits_is_looked_at_then(desk: Desk) -> None:
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    waiting = {"wake_at": 9e9, "wake_shard": "0", "failing_since": 1000, "failures": 9}
    desk.put_raw("Endpoints", marshal({"subscription_id": "acme/audit", "version": 3, **waiting}))
    paused = desk.call("POST", f"{SUBSCRIPTIONS}/audit/pause").json
    assert (paused["enabled"], paused["item"]["paused"]) == (True, True)
    assert paused["item"]["paused_at"] == pytest.approx(time.time(), abs=60)
    resumed = desk.call("POST", f"{SUBSCRIPTIONS}/audit/resume").json
    assert {"paused", "paused_at"} & set(resumed["item"]) == set()
    health = EndpointTable(desk.aws.dynamodb, "EndpointsTable").health("acme/audit")
    assert health.wake is not None
    assert (health.wake.at, health.failing_since, health.failures, health.version) == (0, None, 9, 4)


def test_a_source_is_paused_until_it_is_resumed_and_its_list_is_looked_at_then(desk: Desk) -> None:
    desk.call("PUT", "/admin/sources/gh", {**SOURCE, "tenant_id": "acme"})
    waiting = {"wake_at": 9e9, "wake_shard": "0"}
    desk.put_raw("Endpoints", marshal({"subscription_id": "acme/source#gh", "version": 3, **waiting}))
    paused = desk.call("POST", "/admin/sources/gh/pause").json
    assert (paused["enabled"], paused["item"]["paused"]) == (True, True)
    assert paused["item"]["paused_at"] == pytest.approx(time.time(), abs=60)
    resumed = desk.call("POST", "/admin/sources/gh/resume").json
    assert {"paused", "paused_at"} & set(resumed["item"]) == set()
    health = EndpointTable(desk.aws.dynamodb, "EndpointsTable").health("acme/source#gh")
    assert health.wake is not None
    assert (health.wake.at, health.version) == (0, 4)
    refused = desk.call("PUT", "/admin/sources/gh", {**SOURCE, "paused": "yes"})
    assert (refused.status, refused.json["field"]) == (422, "paused")


def test_a_put_pauses_and_resumes_too(desk: Desk) -> None:
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "paused": True})
    since = desk.call("GET", f"{SUBSCRIPTIONS}/audit").json["item"]["paused_at"]
    again = desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "paused": True, "description": "x"})
    assert again.json["item"]["paused_at"] == since
    desk.put_raw("Endpoints", marshal({"subscription_id": "acme/audit", "version": 3, "wake_at": 9e9}))
    resumed = desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "paused": False}).json
    assert {"paused", "paused_at"} & set(resumed["item"]) == set()
    health = EndpointTable(desk.aws.dynamodb, "EndpointsTable").health("acme/audit")
    assert health.wake is not None
    assert health.wake.at == 0


def test_paused_that_is_no_flag_is_refused_and_nothing_is_changed(desk: Desk) -> None:
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    refused = desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "paused": "yes"})
    assert (refused.status, refused.json["field"]) == (422, "paused")
    assert "paused" not in desk.call("GET", f"{SUBSCRIPTIONS}/audit").json["item"]


def test_what_is_broken_is_not_paused(desk: Desk) -> None:
    desk.put_raw("Subscriptions", marshal({**SUBSCRIPTION, "url": "ftp://example.com"}))
    assert desk.call("POST", f"{SUBSCRIPTIONS}/audit/pause").status == 422


def test_a_source_can_be_disabled_without_a_reason(desk: Desk) -> None:
    desk.call("PUT", "/admin/sources/gh", SOURCE)
    assert desk.call("POST", "/admin/sources/gh/disable").json["enabled"] is False
    assert desk.call("POST", "/admin/sources/gh/enable").json["enabled"] is True


def test_health_can_be_reset(desk: Desk) -> None:
    desk.put_raw("Endpoints", marshal({"subscription_id": "acme/audit", "failures": 7, "version": 3}))
    assert desk.call("POST", f"{SUBSCRIPTIONS}/audit/health/reset").json["failures"] == 0
    assert desk.call("GET", f"{SUBSCRIPTIONS}/audit/health").json["failures"] == 0


def test_a_broken_item_is_listed_with_its_problems_and_none_of_its_values(desk: Desk) -> None:
    secret = "whsec_in_the_wrong_place"
    desk.put_raw(
        "Subscriptions",
        marshal({**SUBSCRIPTION, "retry": None, "secrets": [secret], "headers": {"x-a": secret}}),
    )
    listed = desk.call("GET", SUBSCRIPTIONS)
    (entry,) = listed.json["items"]
    assert entry["key"] == {"tenant_id": "acme", "subscription_id": "audit"}
    assert entry["item"] is None
    assert entry["problems"][0]["field"] == "secrets.0"
    assert secret not in listed.body
    assert desk.call("POST", f"{SUBSCRIPTIONS}/audit/enable").status == 422
    assert desk.call("DELETE", f"{SUBSCRIPTIONS}/audit").status == 204


def test_a_list_goes_on_by_its_cursor_to_the_end_and_no_other_list_takes_it(desk: Desk) -> None:
    for n in range(5):
        desk.call("PUT", f"{SUBSCRIPTIONS}/s{n}", {**SUBSCRIPTION, "subscription_id": f"s{n}"})
    seen: list[str] = []
    cursor = None
    for _ in range(5):
        query: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = desk.call("GET", SUBSCRIPTIONS, **query).json
        seen += [item["key"]["subscription_id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
        foreign = desk.call("GET", "/admin/tenants/other/subscriptions", cursor=cursor)
        assert (foreign.status, foreign.json["code"]) == (422, "bad_cursor")
    assert seen == ["s0", "s1", "s2", "s3", "s4"]


def test_the_public_key_of_an_ed25519_subscription_is_answered_and_its_secret_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    from doorbell.signatures.signing.outgoing import public_key

    secret = "whsk_" + "A" * 43 + "="
    boto3.client("ssm").put_parameter(Name="/doorbell/ed", Value=secret, Type="SecureString")
    signing = {"signing": "standard-ed25519", "secrets": ["ssm:/doorbell/ed"]}
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, **signing})
    answer = desk.call("GET", f"{SUBSCRIPTIONS}/audit/public-keys")
    assert answer.json == {"public_keys": [public_key(secret)]}
    assert "whsk_" not in answer.body


def test_a_subscription_signed_by_hmac_has_no_public_key(desk: Desk) -> None:
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    answer = desk.call("GET", f"{SUBSCRIPTIONS}/audit/public-keys")
    assert (answer.status, answer.json["code"]) == (409, "no_public_key")


def test_an_event_type_keeps_its_schema_to_the_digit(desk: Desk) -> None:
    schema = {"type": "object", "properties": {"n": {"multipleOf": 0.00000001}}}
    path = "/admin/tenants/acme/event-types/invoice~1paid"
    written = desk.call("PUT", path, {"json_schema": schema})
    assert (written.json["event_type"], written.json["json_schema"]) == ("invoice/paid", schema)
    assert desk.call("GET", path).json == written.json
    (listed,) = desk.call("GET", "/admin/tenants/acme/event-types").json["event_types"]
    assert listed == written.json
    assert desk.call("DELETE", path).status == 204
    assert desk.call("GET", path).json["code"] == "unknown_event_type"


def test_a_schema_that_is_none_is_refused(desk: Desk) -> None:
    refused = desk.call("PUT", "/admin/tenants/acme/event-types/a", {"json_schema": {"type": "thing"}})
    assert (refused.status, refused.json["field"]) == (422, "json_schema")


def test_a_number_dynamodb_cannot_hold_is_refused_not_failed(desk: Desk) -> None:
    refused = desk.call("PUT", "/admin/sources/gh", {**SOURCE, "json_schema": {"maximum": 10**50 + 1}})
    assert (refused.status, refused.json["code"]) == (422, "not_storable")


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"[" * 100_000, b'{"json_schema": {"a": 1e999}}', b"NaN"])
def test_a_body_that_is_not_json_is_400(desk: Desk, raw: bytes) -> None:
    refused = desk.call("PUT", "/admin/sources/gh", raw=raw)
    assert (refused.status, refused.json["code"]) == (400, "not_json")


def test_a_request_without_an_identity_is_refused_before_anything_is_read(desk: Desk) -> None:
    event = api_event("GET", "/admin/sources")
    del event["requestContext"]["authorizer"]
    assert desk.send(event).status == 403


def test_an_unknown_path_is_a_problem_too(desk: Desk) -> None:
    answer = desk.call("GET", "/admin/nothing")
    assert (answer.status, answer.json["code"]) == (404, "no_route")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", sorted(EVENTS.glob("admin-*.json")), ids=lambda path: path.stem)
def test_a_sample_request_is_understood(desk: Desk, path: Path) -> None:
    reply = desk.send(json.loads(path.read_text()))
    unknown = {"unknown_event"} if "/admin/events/" in path.read_text() else set()
    assert reply.status == 200 or reply.json["code"] in unknown


@pytest.mark.parametrize("way", ["disable", "put", "delete"])
def test_what_waits_for_one_that_is_switched_off_or_deleted_comes_up_soon(desk: Desk, way: str) -> None:
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    now = time.time()
    later = a_delivery("audit", due_at=now + 7200, next_attempt_at=now + 7200, expires_at=int(now) + 86_400)
    desk.put_raw("Events", marshal(delivery_values(later, 32)))
    desk.put_raw("Endpoints", marshal({"subscription_id": "acme/audit", "version": 3, "wake_at": now + 300}))
    if way == "disable":
        desk.call("POST", f"{SUBSCRIPTIONS}/audit/disable")
    elif way == "put":
        desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "enabled": False})
    else:
        desk.call("DELETE", f"{SUBSCRIPTIONS}/audit")
    key = marshal(delivery_key(later.key))
    item = unmarshal(desk.aws.dynamodb.get_item(TableName="EventsTable", Key=key)["Item"])
    assert now < item["due_at"] == item["next_attempt_at"] < now + 90
    wake = desk.aws.dynamodb.get_item(
        TableName="EndpointsTable", Key=marshal({"subscription_id": "acme/audit"})
    )
    assert unmarshal(wake["Item"])["wake_at"] < now + 90


def test_a_change_that_leaves_it_on_brings_nothing_forward(desk: Desk) -> None:
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", SUBSCRIPTION)
    now = time.time()
    later = a_delivery("audit", due_at=now + 7200, next_attempt_at=now + 7200, expires_at=int(now) + 86_400)
    desk.put_raw("Events", marshal(delivery_values(later, 32)))
    desk.call("PUT", f"{SUBSCRIPTIONS}/audit", {**SUBSCRIPTION, "description": "another"})
    desk.call("POST", f"{SUBSCRIPTIONS}/audit/pause")
    key = marshal(delivery_key(later.key))
    item = unmarshal(desk.aws.dynamodb.get_item(TableName="EventsTable", Key=key)["Item"])
    assert item["due_at"] > now + 7000
