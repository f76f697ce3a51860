"""One story through all functions: the happy path, and what happens once in a while."""

import json
import time
from base64 import b64encode
from collections import Counter
from typing import Any

import pytest

from doorbell.domain import listening
from doorbell.domain.certificates import CANARIES
from doorbell.domain.refusals import REFUSALS
from doorbell.runtime import indexing
from doorbell.store.dynamodb.tables import marshal
from doorbell.usecases.sweep import BATCH
from tests.integration.admin_desk import api_event
from tests.integration.as_deployed import TARGETS
from tests.integration.deployed_story import SIGNING, TENANT, Story
from tests.support.gateway import GITHUB_SECRET, PUSH, SIGNING_SECRET, github_headers
from tests.support.github_hooks import TOKEN, GitHubHook
from tests.support.stripe_events import ENDPOINT, KEY, StripeAccount

CROWD, CLUB = "crowd", "club"
LARGE = json.dumps({"text": "x" * 200_000}).encode()
"""Above what a message carries."""
LONG = json.dumps({"text": "x" * 1_100_000}).encode()
"""Above what the admin API shows."""
SMALL_BYTES = 10_000
MIDDLING = json.dumps({"text": "x" * 50_000}).encode()
"""Above what an item carries."""
IN_ONE_CALL = ("to-queue", "to-topic", "to-bus", "to-stream", "to-firehose")
LITTLE_TIME = 15_000
"""Milliseconds: less than fan-out begins a long turn with."""
ASANA = "a-secret-of-asana-s-own"
PEERS = {"parked": 503, "gone": 410, "failing": 500}
"""What subscribers answer, but for 204."""


def ring(source_id: str, body: bytes = PUSH, **more: Any) -> dict[str, Any]:
    """As GitHub does, unless `headers` say otherwise."""
    given = {"content-type": "application/json", "host": "api.example"}
    given |= more.get("headers") or github_headers(body)
    path = f"/in/{source_id}"
    http = {"method": "POST", "path": path, "sourceIp": "192.0.2.7"}
    return {
        "rawPath": path,
        "rawQueryString": "",
        "headers": given,
        "pathParameters": {"source_id": source_id},
        "requestContext": {"http": http, "requestId": "r", "timeEpoch": int(time.time() * 1000)},
        "isBase64Encoded": True,
        "body": b64encode(body).decode(),
    }


def ingest(story: Story) -> None:
    ssm, secrets = map(story.client, ("ssm", "secretsmanager"))
    ssm.put_parameter(Name="/doorbell/github", Value=GITHUB_SECRET, Type="SecureString")
    ssm.put_parameter(Name="/doorbell/signing", Value=SIGNING_SECRET, Type="SecureString")
    for name, value in (("github", GITHUB_SECRET), ("signing", SIGNING_SECRET)):
        secrets.create_secret(Name=f"doorbell/{name}", SecretString=value)
    story.source("by-ssm", secrets=["ssm:/doorbell/github"])
    story.source("by-secretsmanager", secrets=["secretsmanager:doorbell/github"])
    story.source("by-kms", secrets=[story.encrypt(GITHUB_SECRET, source_id="by-kms")])
    awaits = {"awaits_handshake": "true"}
    story.source("by-handshake", "asana", secrets=["ssm:/doorbell/handshakes/asana"], options=awaits)
    owner = {"tenant_id": TENANT, "subscription_id": "by-kms"}
    for name in ("plain", "parked", "gone", "failing", "limited"):
        story.subscribe(name)
    story.target(*TARGETS)
    story.listener()
    story.subscribe("by-secretsmanager", secrets=["secretsmanager:doorbell/signing"])
    story.subscribe("by-kms", secrets=[story.encrypt(SIGNING_SECRET, **owner)])
    for name in ("by-ssm", "by-secretsmanager", "by-kms"):
        story.tell(f"a ring {name}", "ingest", ring(name))
    story.tell("a large ring", "ingest", ring("by-ssm", LARGE))
    story.tell("a long ring", "ingest", ring("by-ssm", LONG))
    story.tell("a middling ring", "ingest", ring("by-ssm", MIDDLING))
    story.tell("a handshake", "ingest", ring("by-handshake", b"{}", headers={"x-hook-secret": ASANA}))
    story.source("made", secrets=["ssm:/doorbell/github"], content_types=["text/xml"])
    refused = ring("made", json.dumps({"text": "x" * 5_000}).encode())  # above what its item carries
    with story.deployment.function("ingest") as handler:
        story.came["refused, to be accepted"] = handler(refused)["statusCode"]
        unsigned = ring("by-ssm", headers={"x-github-event": "push"})
        story.came["many refused"] = [handler(unsigned) for _ in range(REFUSALS)][-1]


def publish(story: Story) -> None:
    schema = json.dumps({"type": "object"})
    story.put("EventTypesTable", tenant_id=TENANT, event_type="invoice.paid", json_schema=schema)
    for part, data in (("published", {"a": 1}), ("published, large", {"text": "x" * 200_000})):
        item = {"type": "invoice.paid", "tenant_id": TENANT, "data": data}
        story.tell(part, "publish", api_event("POST", "/events", json.dumps(item).encode()))
    items = [{"type": "user.made", "tenant_id": CROWD, "data": {"n": n}} for n in range(3)]
    story.tell("published, several", "publish", api_event("POST", "/events", json.dumps(items).encode()))


def inbox(story: Story) -> None:
    """An event of EventBridge, and one above what a message carries."""
    bodies = [json.dumps({"type": "order.paid", "data": data}) for data in ({"order": 17}, "x" * 200_000)]
    records = [{"messageId": f"m-{n}", "body": body, "attributes": {}} for n, body in enumerate(bodies)]
    story.tell("taken in", "inbox", {"Records": records})


def fan_out(story: Story) -> None:
    story.subscribe("choosy", filter="body.text == 'y'")  # looks at bodies, those in the bucket too
    story.subscribe("paused", paused=True)  # what comes is filed, and its list looked at
    taken = story.take("EventsQueue")
    story.tell("fanned out", "fanout", taken)
    story.tell("fanned out again", "fanout", {"Records": taken["Records"][:1]})
    _fan_out_to_a_crowd(story)
    _ring_again_after_the_window(story)
    _lose_a_body(story)
    story.tell("a ring too large for a queue", "ingest", ring("by-ssm", LONG))
    story.tell("fanned out, too large for a queue", "fanout", story.take("EventsQueue"))


def _fan_out_to_a_crowd(story: Story) -> None:
    """More than a page of subscriptions, and no time for all."""
    items = [
        {"PutRequest": {"Item": marshal(one)}}
        for one in (
            {
                "tenant_id": CROWD,
                "subscription_id": f"s{number:03}",
                "url": "https://crowd.example.com/hook",
                "secrets": [SIGNING],
                "event_types": ["*" if number < 30 else "other"],
            }
            for number in range(510)
        )
    ]
    for at in range(0, len(items), 25):
        story.client("dynamodb").batch_write_item(RequestItems={"SubscriptionsTable": items[at : at + 25]})
    item = {"type": "crowd.called", "tenant_id": CROWD, "data": {}}
    story.tell("published to a crowd", "publish", api_event("POST", "/events", json.dumps(item).encode()))
    message = story.take("EventsQueue")
    story.tell("fanned out in little time", "fanout", message, LITTLE_TIME)
    left = story.take("EventsQueue")
    story.came["left to go on with"] = len(left["Records"])
    story.tell("gone on with", "fanout", left)
    story.tell("fanned out to a crowd again", "fanout", message)


def _ring_again_after_the_window(story: Story) -> None:
    same = github_headers(PUSH, delivery="the-same")
    for part in ("the first", "a duplicate", "the second use", "the third use"):
        event_id = story.tell(part, "ingest", ring("by-ssm", headers=same))["headers"]["doorbell-event-id"]
        story.tell(f"fanned out: {part}", "fanout", story.take("EventsQueue"))
        if part != "the first":
            for item in story.items():
                if item["event_id"]["S"].startswith(event_id) and item["sk"]["S"] in ("event", "newest"):
                    story.age(item, dedupe_until=time.time() - 60)


def _lose_a_body(story: Story) -> None:
    story.tell("a ring whose body is lost", "ingest", ring("by-ssm", LARGE))
    for stored in story.client("s3").list_objects_v2(Bucket="BodiesBucket")["Contents"]:
        if stored["Key"].startswith(f"{TENANT}/"):
            story.client("s3").delete_object(Bucket="BodiesBucket", Key=stored["Key"])
    story.tell("fanned out without its body", "fanout", story.take("EventsQueue"))


def back_fill(story: Story) -> None:
    """A hook of GitHub's whose ring was refused, and events of Stripe's that never rang, one of them large;
    with credentials in each of the three places."""
    account = StripeAccount("https://api.example/in/by-list", lambda: time.time() - 600)
    account.happen("invoice.paid")
    account.happen("charge.failed", data={"object": {"text": "x" * 200_000}})
    hook = GitHubHook(
        lambda guid, event, body: 401, time.time, "https://api.example/in/by-hook", "orgs/o/hooks/7"
    )
    hook.happen()
    story.deployment.apis.at |= {"api.stripe.com": account.handle, "api.github.com": hook.handle}
    story.client("ssm").put_parameter(Name="/doorbell/key", Value=KEY, Type="SecureString")
    story.client("secretsmanager").create_secret(Name="doorbell/token", SecretString=TOKEN)
    by_kms = story.encrypt(TOKEN, source_id="by-cipher")
    for name, provider, reference, listed in (
        ("by-list", "stripe", "ssm:/doorbell/key", ENDPOINT),
        ("by-hook", "github", "secretsmanager:doorbell/token", hook.hook),
        ("by-cipher", "github", by_kms, hook.hook),
    ):
        setting = {"credentials_ref": reference, "hook": listed, "every_minutes": 60}
        story.source(name, provider, secrets=["ssm:/doorbell/github"], backfill=setting)
    story.came["looked at"] = story.tell("back-filled", "backfill", {})["looked_at"]
    for item in story.items():
        if item["event_id"]["S"].startswith("backfill#by-"):
            story.age(item, due_at=int(time.time()) - 60)
    story.tell("back-filled again", "backfill", {})


def dispatch(story: Story) -> None:
    story.subscribe("limited", rate_limit_per_second=1, max_in_flight=1)
    messages = story.take("DeliveriesQueue")["Records"]
    fetched = {item["event_id"]["S"] for item in story.items(source_id="by-list")}
    _expire(story, next(one for one in messages if json.loads(one["body"])["event_id"] not in fetched))
    messages = _deliver_together(story, messages)
    for at in range(0, len(messages), 10):
        story.tell(f"delivered {at}", "dispatcher", {"Records": messages[at : at + 10]})
    story.tell("delivered again", "dispatcher", {"Records": messages[:1]})
    story.tell("retried", "dispatcher", story.take("DeliveriesQueue", receives=2))


def _deliver_together(story: Story, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two for each target that takes several in a call, of events that fit in one; of each others are left to
    go by themselves. Messages come in any order."""
    left, together, seen = list[dict[str, Any]](), list[dict[str, Any]](), Counter[str]()
    small = {one["event_id"]["S"] for one in story.items() if 0 < _body_bytes(one) < SMALL_BYTES}
    for message in messages:
        body = json.loads(message["body"])
        name = body["subscription_id"] if body["event_id"] in small else ""
        seen[name] += 1
        (together if name in IN_ONE_CALL and seen[name] in (2, 3) else left).append(message)
    story.tell("delivered together", "dispatcher", {"Records": together})
    return left


def _body_bytes(item: dict[str, Any]) -> int:
    """0 where it has none: it is no event's."""
    return int(item.get("body_size", {"N": "0"})["N"])


def _expire(story: Story, record: dict[str, Any]) -> None:
    """An event is gone before its delivery is tried."""
    key = marshal({"event_id": json.loads(record["body"])["event_id"], "sk": "event"})
    story.client("dynamodb").delete_item(TableName="EventsTable", Key=key)


def index(story: Story) -> None:
    """A club of more than a page has here. One of it goes, and one is on file as nobody can read it."""
    now, names = int(time.time()), [f"s{number:03}" for number in range(27)]
    for name in names:
        story.subscribe(name, CLUB, event_types=["club.called" if name < "s003" else "other"])
    story.tell("canaries flown", "sweeper", {})
    left = story.client("dynamodb").scan(TableName="SubscriptionsTable")["Items"]
    story.came["canaries left"] = [item for item in left if item["tenant_id"]["S"].startswith("!")]
    canaries = [_change(f"!canary-{number}", "-", now) for number in range(CANARIES)]
    changed = [_change(CLUB, name, now) for name in names[:2]]
    story.tell("heard of changes", "indexer", {"Records": [*canaries, *changed]})
    key = marshal({"tenant_id": CLUB, "subscription_id": "s001"})
    story.client("dynamodb").delete_item(TableName="SubscriptionsTable", Key=key)
    story.tell("heard that one is gone", "indexer", {"Records": changed})
    spoilt = {"pk": f"{CLUB}#manifests", "sk": "s026"}
    story.put("RoutesTable", **spoilt, version="none")
    story.tell("heard of what cannot be filed", "indexer", {"Records": [_change(CLUB, "s026", now)]})
    story.client("dynamodb").delete_item(TableName="RoutesTable", Key=marshal(spoilt))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "MANY", len(names) - 5)
        story.tell("certified", "indexer", {})
    story.subscribe("s600", CLUB, event_types=["club.called"], filter="body.n == '1'")
    story.tell("heard of one more", "indexer", {"Records": [_change(CLUB, "s600", now)]})
    item = {"type": "club.called", "tenant_id": CLUB, "data": {"n": "1"}}
    story.tell("published once more", "publish", api_event("POST", "/events", json.dumps(item).encode()))
    story.tell("fanned out by key", "fanout", story.take("EventsQueue"))
    story.take("DeliveriesQueue")


def _change(tenant_id: str, subscription_id: str, at: int) -> dict[str, Any]:
    keys = marshal({"tenant_id": tenant_id, "subscription_id": subscription_id})
    told = {"Keys": keys, "SequenceNumber": "1", "ApproximateCreationDateTime": at}
    return {"eventName": "MODIFY", "dynamodb": {**told, "StreamViewType": "KEYS_ONLY"}}


def sweep(story: Story) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listening, "LOOK_EVERY_MINUTES", 1)
        story.tell("a listener is there", "sweeper", {})
        story.came["listening"] = story.listening()
        story.listener_seen(time.time() - 1)
        story.tell("a listener is away", "sweeper", {})
    with story.due_together(BATCH):
        story.tell("swept so many that the queue is asked", "sweeper", {})
    story.take("DeliveriesQueue")
    count = story.make_due()
    story.came["swept"] = (count, story.tell("swept many", "sweeper", {}))
    story.take("DeliveriesQueue")
    story.came["swept one by one"] = (story.make_due(1), story.tell("swept one", "sweeper", {}))
    for record in story.take("DeliveriesQueue")["Records"]:
        story.tell("delivered alone", "dispatcher", {"Records": [record]})
