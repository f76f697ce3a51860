"""Every operation of the admin API, as it is deployed."""

import json
import time
from base64 import b64encode
from dataclasses import replace
from typing import Any

from doorbell.domain.deliveries import DeliveryKey
from doorbell.store.deliveries.delivery_items import delivery_key, delivery_values
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.refused.refused_items import BODIES_PREFIX
from doorbell.usecases.show_body import INLINE_BYTES
from tests.integration.admin_desk import api_event
from tests.integration.deployed_story import TENANT, Story
from tests.support.builders import a_delivery
from tests.template.reading import ROOT

ED25519 = "whsk_" + b64encode(bytes(range(32))).decode()
KEYS = ("ssm:/doorbell/ed25519", "secretsmanager:doorbell/ed25519")
NAMED = {"tenant_id": TENANT, "source_id": "made", "subscription_id": "made", "event_type": "user.made"}
PUT_SUBSCRIPTION = "/admin/tenants/{tenant_id}/subscriptions/{subscription_id}"
BODIES: dict[str, dict[str, Any]] = {
    "/admin/sources/{source_id}": {"provider": "github", "secrets": ["ssm:/doorbell/github"]},
    PUT_SUBSCRIPTION: {
        "url": "https://made.example.com/hook",
        "signing": "standard-ed25519",
    },
    "/admin/tenants/{tenant_id}/event-types/{event_type}": {"json_schema": {"type": "object"}},
}
JOBS = "/admin/tenants/{tenant_id}/jobs"
POSTED = {JOBS: {"kind": "replay", "subscription_id": "made", "since": "2020-01-01T00:00:00Z"}}
QUERIES = {
    "/admin/tenants/{tenant_id}/find": {"id": "made"},
    "/admin/tenants/{tenant_id}/events": {"state": "delivered", "text": "push"},
}
"""What an operation must be asked, or should be so that it makes all its calls."""
ORDER = ("put", "post", "get", "delete")
type Operation = tuple[str, str]


def operations() -> list[Operation]:
    """Method and path of all of the admin API, in an order in which each finds what it needs."""
    document = json.loads((ROOT / "openapi" / "admin.json").read_text())
    admins = {path: methods for path, methods in document["paths"].items() if path.startswith("/admin/")}
    found = [(method, path) for path, methods in admins.items() for method in methods]
    return sorted(found, key=lambda one: (ORDER.index(one[0]), one[1]))


def administer(story: Story) -> None:
    """Of what is in the table a delivery that has failed is replayed."""
    story.client("ssm").put_parameter(Name="/doorbell/ed25519", Value=ED25519, Type="SecureString")
    story.client("secretsmanager").create_secret(Name="doorbell/ed25519", SecretString=ED25519)
    packed = story.encrypt(ED25519, tenant_id=TENANT, subscription_id="made")
    kept = {item["event_id"]["S"]: item for item in story.items(sk="event")}
    ended = next(
        one for one in story.items(state="cancelled") if "body" in kept.get(one["event_id"]["S"], {})
    )
    long = next(key for key, item in kept.items() if float(item["body_size"]["N"]) > INLINE_BYTES)
    event = {"event_id": ended["event_id"]["S"], "subscription_id": "gone"}
    others = {"refused_id": _refused(story, "made")}
    waits = _wait(story, "made")
    with story.deployment.function("admin") as admin:
        for method, path in operations():
            names = {**NAMED, **others, **(event if "{event_id}" in path else {})}
            given = {"secrets": [*KEYS, packed]} if path == PUT_SUBSCRIPTION else {}
            keys = {name: value for name, value in NAMED.items() if f"{{{name}}}" in path}
            body = json.dumps({**keys, **BODIES[path], **given}).encode() if method == "put" else b""
            body = json.dumps(POSTED[path]).encode() if method == "post" and path in POSTED else body
            answer = admin(api_event(method.upper(), path.format(**names), body, QUERIES.get(path)))
            if (method, path) == ("post", JOBS):
                others["job_id"] = json.loads(answer["body"])["job_id"]
            story.came[f"admin: {method} {path}"] = _checked(answer)
        story.client("dynamodb").delete_item(TableName="EventsTable", Key=waits)
        missed = f"/admin/tenants/{TENANT}/subscriptions/gone/undelivered"
        story.came["missed by one that is gone"] = json.loads(admin(api_event("GET", missed))["body"])
        there = {one["Key"] for one in story.client("s3").list_objects_v2(Bucket="BodiesBucket")["Contents"]}
        stored = [item for item in story.items(sk="event") if "body_key" in item]
        lost = next(item for item in stored if item["body_key"]["S"] not in there)["event_id"]["S"]
        why = api_event("GET", f"/admin/events/{lost}/deliveries/choosy/why")
        story.came["why not, of a body that is lost"] = json.loads(admin(why)["body"])
        linked = admin(api_event("GET", f"/admin/events/{long}/body"))
        story.came["a long body"] = json.loads(linked["body"])
        _lose_refused_body(story)
        shown = f"/admin/sources/made/refused/{others['refused_id']}"
        story.came["refused, its body lost"] = admin(api_event("GET", shown))["statusCode"]


def _wait(story: Story, name: str) -> dict[str, Any]:
    """The key of a delivery that waits for its time: what a switch brings forward."""
    at = time.time() + 7200
    waits = a_delivery(key=DeliveryKey("evt_waits", name), due_at=at, next_attempt_at=at)
    story.put("EventsTable", **delivery_values(replace(waits, tenant_id=TENANT), 32))
    return marshal(delivery_key(waits.key))


def _refused(story: Story, source_id: str) -> str:
    """The id of the one that ingest has kept."""
    items = story.client("dynamodb").scan(TableName="RefusedTable")["Items"]
    (found,) = [one for one in items if one["source_id"]["S"] == source_id and "refused_id" in one]
    return str(found["refused_id"]["S"])


def _lose_refused_body(story: Story) -> None:
    s3 = story.client("s3")
    for stored in s3.list_objects_v2(Bucket="BodiesBucket", Prefix=BODIES_PREFIX)["Contents"]:
        s3.delete_object(Bucket="BodiesBucket", Key=stored["Key"])


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": answer["statusCode"], "body": answer.get("body", "")}
