"""Who is outside: providers that ring until they are heard, subscribers that misbehave, people who change
things."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.requests import RawRequest
from doorbell.store.tables import marshal
from tests.simulation.gateway import SOURCE_SECRET
from tests.simulation.story import START, Ring, Story, Target
from tests.simulation.world import World
from tests.support.fakes_dynamo import Tables

TENANT = "default"


def body_of(ring: Ring) -> bytes:
    number = int(ring.key[1:].partition("-")[0])
    data = {"key": ring.key, "even": number % 2 == 0, "pad": "x" * ring.size}
    return json.dumps(data, separators=(",", ":")).encode()


def published_body_of(ring: Ring) -> bytes:
    """What `POST /events` gets."""
    return json.dumps({"id": ring.key, "type": ring.event_type, "data": json.loads(body_of(ring))}).encode()


def request_of(ring: Ring) -> RawRequest:
    body = body_of(ring)
    secret = "guessed" if ring.forged else SOURCE_SECRET
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-github-delivery": ring.key,
        "x-github-event": ring.event_type,
        "x-hub-signature-256": f"sha256={signature}",
    }
    return RawRequest("POST", "https://h/in/hub", "/in/hub", "", headers, body)


def subscription_item(target: Target, *, enabled: bool = True, broken: bool = False) -> dict[str, Any]:
    item: dict[str, Any] = {
        "tenant_id": TENANT,
        "subscription_id": target.name,
        "url": "not a url" if broken else f"https://{target.name}.example/hook",
        "enabled": enabled,
        "event_types": list(target.event_types),
        "filter": target.filter,
        "secrets": ["ssm:/s"],
        "retry": {"schedule": list(target.schedule), "max_age_hours": target.max_age_hours},
        "rate_limit_per_second": target.rate_limit,
        "max_in_flight": target.max_in_flight,
    }
    return item


@dataclass
class People:
    """They write items. `config` is what was written to each subscription, and when (world time)."""

    world: World
    tables: Tables
    targets: dict[str, Target]
    config: dict[str, list[tuple[float, str]]] = field(default_factory=dict)

    def set_up(self) -> None:
        for name in self.targets:
            self.write(name, "enable")

    def write(self, name: str, what: str) -> None:
        self.world.tell("people", f"{what} {name}")
        self.config.setdefault(name, []).append((self.world.now, what))
        item = subscription_item(self.targets[name], enabled=what != "disable", broken=what == "break")
        self.tables.write("subscriptions", (TENANT, name), None if what == "delete" else marshal(item))

    def during(self, name: str, begin: float, end: float) -> set[str]:
        """Every way the subscription was configured between two times."""
        ways = self.config[name]
        ends = [at for at, _ in ways[1:]] + [float("inf")]
        return {what for (at, what), until in zip(ways, ends, strict=True) if at <= end and until >= begin}


@dataclass
class Subscribers:
    """Answer by the target's behaviour at the time. `Answered` is whether the request arrived, how long it
    took, and the outcome the sender sees."""

    world: World
    story: Story
    targets: dict[str, Target]

    def behaviour(self, name: str) -> str:
        now = self.world.now - START
        chosen = [what for at, what in self.targets[name].behaviour if at <= now][-1]
        if chosen == "any":
            return self.world.rng.choice(("ok", "ok", "error", "busy-briefly", "hang", "late", "drop"))
        return chosen

    def answer(self, name: str, request: OutboundRequest) -> tuple[bool, float, Outcome]:
        took = self.world.rng.random() * 0.3
        patience = request.timeout_seconds
        match self.behaviour(name):
            case "ok":
                return True, took, _answer(200)
            case "error":
                return True, took, _answer(500)
            case "busy":
                return True, took, _answer(503)
            case "busy-briefly":
                return True, took, _answer(429, retry_after="20")
            case "gone":
                return True, took, _answer(410)
            case "hang":
                return True, patience, _no_answer("timeout")
            case "late":
                return True, patience, _no_answer("timeout")
            case "drop":
                return True, took, _no_answer("connection_lost")
            case other:
                assert other == "unreachable"
                return False, took, _no_answer("connect_failed")


def _answer(status: int, retry_after: str | None = None) -> Outcome:
    return Outcome(status, None, "", retry_after, "", 5)


def _no_answer(error: str) -> Outcome:
    return Outcome(None, error, error, None, "", 5)
