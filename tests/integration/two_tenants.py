"""Two tenants with the same ids everywhere, and what each of them can look at.

The functions share one environment, warm all the while: whatever one tenant leaves in a cache the other could
meet.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from doorbell.usecases.route import FEW
from tests.integration.admin_desk import api_event
from tests.integration.as_deployed import deployment
from tests.integration.deployed_parts import ring
from tests.integration.deployed_story import Story

TENANTS = ("acme", "acme.x")
"""One's name begins with the other's."""
SUBSCRIPTIONS = ("first", "second", "third")
TYPE, OTHER_TYPE, ROUTED = "invoice.paid", "invoice.sent", "user.made"
WANTED = {"acme": {"second"}, "acme.x": {"second", "third"}}
"""Which subscriptions want `ROUTED`: the same ids, other wishes."""
ED25519 = {
    "acme": "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "acme.x": "whsk_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=",
}
PEERS = {"acme-first": 410, "acme-x-first": 410, "acme-third": 503}
SOURCES = {"acme": "door", "acme.x": "door.x"}
"""A source is one tenant's: one's name begins with the other's too."""
MARK = "whose"
MANY_PAGES = 1000
JOB = {"kind": "replay", "subscription_id": "second", "since": "2020-01-01T00:00:00Z"}
TEST = {"kind": "test", "subscription_id": "second"}


@dataclass
class World:
    """`functions[name]` is a warm handler; `events[tenant]` are the ids of its events, `told[tenant]` of
    those that were delivered."""

    story: Story
    functions: dict[str, Callable[..., Any]]
    events: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    told: dict[str, set[str]] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, **query: Any) -> dict[str, Any]:
        given = b"" if body is None else json.dumps(body).encode()
        event = api_event(method, path, given, {name: str(value) for name, value in query.items()})
        answer = self.functions["admin"](event)
        return {"status": answer["statusCode"], **(json.loads(answer.get("body") or "{}") or {})}

    def publish(self, tenant: str, **item: Any) -> dict[str, Any]:
        body = json.dumps({"tenant_id": tenant, "type": TYPE, "data": {MARK: tenant}, **item}).encode()
        answer = self.functions["publish"](api_event("POST", "/events", body))
        result = {"status": answer["statusCode"], **json.loads(answer["body"])}
        if "event_id" in result:
            self.events[tenant].add(result["event_id"])
        return result

    def ring(self, tenant: str, number: int) -> int:
        """At the tenant's source, as nobody who knows its secret would; the status."""
        body = json.dumps({MARK: tenant, "number": number}).encode()
        headers = {"content-type": "application/json", "x-hub-signature-256": f"sha256={number:064x}"}
        status: int = self.functions["ingest"](ring(SOURCES[tenant], body, headers=headers))["statusCode"]
        return status

    def settle(self) -> list[dict[str, Any]]:
        """Fan out what is waiting; the messages that came of it."""
        self.functions["fanout"](self.story.take("EventsQueue"))
        records: list[dict[str, Any]] = self.story.take("DeliveriesQueue")["Records"]
        return records

    def messages_of(self, event_id: str) -> list[dict[str, Any]]:
        """Those for its deliveries; retries of others and looks at lists may come at any time."""
        messages = [json.loads(record["body"]) for record in self.settle()]
        return [message for message in messages if message.get("event_id") == event_id]

    def walked(self, path: str, name: str, **query: str) -> list[dict[str, Any]]:
        """All of a list, a page of one at a time."""
        found, cursor = list[dict[str, Any]](), dict[str, str]()
        for _ in range(MANY_PAGES):
            page = self.ask("GET", path, limit=1, **query, **cursor)
            found += page[name]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}
        raise AssertionError(f"{path} has no end")

    def dispatch(self, messages: list[dict[str, Any]]) -> None:
        for at in range(0, len(messages), 9):
            self.functions["dispatcher"]({"Records": messages[at : at + 9]})

    def of(self, tenant: str) -> list[dict[str, Any]]:
        """All items of all tables that are the tenant's."""
        found = []
        for table in self.story.deployment.here.of_type("AWS::DynamoDB::Table"):
            for item in self.story.client("dynamodb").scan(TableName=table)["Items"]:
                owner = (
                    item.get("tenant_id")
                    or item.get("tenant")
                    or item.get("subscription_id")
                    or item.get("holder", {"S": ""})
                )
                if owner["S"].partition("/")[0].rpartition("#")[2] == tenant:
                    found.append(item)
        return sorted(found, key=str)


def crowd(tenant: str) -> str:
    """The same wishes, of a tenant with many subscriptions."""
    return f"crowd.{tenant}"


def host(tenant: str, subscription_id: str) -> str:
    return f"https://{tenant.replace('.', '-')}-{subscription_id}.example.com/hook"


def configure(story: Story, tenant: str) -> None:
    for name in SUBSCRIPTIONS:
        wants = [TYPE, *([ROUTED] if name in WANTED[tenant] else [])]
        plain = {"signing": "none", "secrets": [], "event_types": wants, "description": tenant}
        story.subscribe(name, tenant, url=host(tenant, name), **plain)
        story.subscribe(name, crowd(tenant), url=host(tenant, name), **plain)
    for number in range(FEW):
        story.subscribe(f"s{number}", crowd(tenant), event_types=["nothing"])
    secret = story.encrypt(ED25519[tenant], tenant_id=tenant, subscription_id="keyed")
    keyed = {"signing": "standard-ed25519", "secrets": [secret], "event_types": ["other"]}
    story.subscribe("keyed", tenant, url=host(tenant, "keyed"), description=tenant, **keyed)
    for name in (TYPE, OTHER_TYPE):
        schema = json.dumps({"properties": {MARK: {"const": tenant}}})
        story.put("EventTypesTable", tenant_id=tenant, event_type=name, json_schema=schema)
    key = story.encrypt(f"sesame of {tenant}", source_id=SOURCES[tenant])
    source = {"source_id": SOURCES[tenant], "provider": "github", "tenant_id": tenant}
    story.put("SourcesTable", **source, secrets=[key])


@contextmanager
def two_tenants(*more: str) -> Iterator[World]:
    """Each has three events of the same ids, types and keys, told to subscribers of the same ids, and three
    requests that its source refused. `more`: functions beside those that it takes to tell that."""
    names = ("ingest", "publish", "fanout", "dispatcher", "admin", *more)
    with deployment(PEERS) as deployed, deployed.functions(*names) as functions:
        story = Story(deployed)
        for tenant in TENANTS:
            configure(story, tenant)
        world = World(story, functions)
        for key in ("1", "2", "3"):
            for tenant in TENANTS:
                world.publish(tenant, id=key)
        world.told |= {tenant: set(found) for tenant, found in world.events.items()}
        messages = world.settle()
        world.dispatch(messages)
        for number in range(3):
            assert {world.ring(tenant, number) for tenant in TENANTS} == {401}
            for tenant in TENANTS:
                for job in (JOB, TEST):
                    assert world.ask("POST", f"/admin/tenants/{tenant}/jobs", job)["status"] == 202
        yield world
