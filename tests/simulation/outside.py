"""Who is outside: providers that ring until they are heard, subscribers that misbehave, people who change
things."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from typing import Any

from doorbell.domain.events import event_id_for
from doorbell.domain.health import hash_of
from doorbell.domain.holders import name_of_source
from doorbell.domain.outbound import OutboundRequest, Outcome, Wire
from doorbell.domain.requests import RawRequest
from doorbell.domain.subscriptions import scoped
from doorbell.egress.client import TAKEN_SECONDS
from doorbell.store.dynamodb.tables import marshal
from tests.simulation.gateway import HUB, PARTS
from tests.simulation.slow_filters import slow
from tests.simulation.story import START, Ring, Story, Target
from tests.simulation.target_queue import place_of
from tests.simulation.world import World
from tests.support.fakes_dynamo import Tables

TENANT = "default"
NEVER = [(0.0, "enable")]
SLOW_SECONDS = 10.0

type Answered = tuple[bool, float, Outcome]
"""Whether the request arrived, how long it took, and the outcome the sender sees."""


def body_of(ring: Ring) -> bytes:
    if ring.parts:
        return b"[" + b" , ".join(bodies_of(ring)) + b"]"
    return bodies_of(ring)[0]


def bodies_of(ring: Ring) -> list[bytes]:
    """Of the events that it brings. Of several the last has no id of its own, and the first two are large."""
    number = int(ring.key[1:].partition("-")[0])
    data = {"key": ring.key, "even": number % 2 == 0, "pad": "x" * ring.size}
    if not ring.parts:
        return [json.dumps(data, separators=(",", ":")).encode()]
    data["type"] = ring.event_type
    several = [data | {"part": n, "id": f"{ring.key}/{n}"} for n in range(ring.parts)]
    del several[-1]["id"]
    for part in several[2:]:
        part["pad"] = ""
    return [json.dumps(part).encode() for part in several]


def ids_of(ring: Ring) -> list[str]:
    """The events that a ring with several brings, by their own ids or by the whole and their place."""
    whole = f"sha256:{hashlib.sha256(body_of(ring)).hexdigest()}"
    keys = [f"{ring.key}/{n}" for n in range(ring.parts - 1)] + [f"{whole}\n{ring.parts - 1}"]
    return [event_id_for(TENANT, PARTS, key) for key in keys]


def published_body_of(ring: Ring) -> bytes:
    """What `POST /events` gets."""
    return json.dumps({"id": ring.key, "type": ring.event_type, "data": json.loads(body_of(ring))}).encode()


def request_of(ring: Ring, secret: str) -> RawRequest:
    body = body_of(ring)
    secret = "guessed" if ring.forged else secret
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-github-delivery": ring.key,
        "x-github-event": ring.event_type,
        "x-hub-signature-256": f"sha256={signature}",
    }
    path = f"/in/{PARTS if ring.parts else HUB}"
    return RawRequest("POST", f"https://h{path}", path, "", headers, body)


def subscription_item(
    target: Target, *, enabled: bool = True, broken: bool = False, paused: bool = False, place: str = "hook"
) -> dict[str, Any]:
    url = {"url": f"https://{target.name}.example/{place}"}
    where = place_of(target.kind, f"{target.name}-{place}") if target.kind else url
    item: dict[str, Any] = {
        "tenant_id": TENANT,
        "subscription_id": target.name,
        **({"url": "not a url"} if broken else where),
        "enabled": enabled,
        "event_types": list(target.event_types),
        "filter": target.filter and slow(target.filter, target.filter_seconds),
        "secrets": ["ssm:/s"],
        "retry": {
            "schedule": list(target.schedule),
            "max_age_hours": target.max_age_hours,
            "give_up_on": list(target.give_up_on),
            "only_on": list(target.only_on),
        },
        "rate_limit_per_second": target.rate_limit,
        "max_in_flight": target.max_in_flight,
    }
    if paused:
        item["paused"] = True
    return item


@dataclass
class People:
    """They write items. `config` is what was written to each subscription, and when (world time)."""

    world: World
    tables: Tables
    targets: dict[str, Target]
    config: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    limits: dict[str, list[tuple[float, float | None]]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)

    def set_up(self) -> None:
        for name, target in self.targets.items():
            self.limits[name] = [(self.world.now, target.rate_limit)]
            self.write(name, "enable")

    def write(self, name: str, what: str) -> None:
        """One that is moved has another URL from then on, and is on."""
        self.world.tell("people", f"{what} {name}")
        if what == "move":
            self.moved.add(name)
            what = "enable"
        self.config.setdefault(name, []).append((self.world.now, what))
        place = "moved" if name in self.moved else "hook"
        item = subscription_item(
            self.targets[name],
            enabled=what != "disable",
            broken=what == "break",
            paused=what == "pause",
            place=place,
        )
        self.tables.write("subscriptions", (TENANT, name), None if what == "delete" else marshal(item))

    def write_source(self, source_id: str, what: str) -> None:
        """Its name among the subscriptions' is that of its list."""
        self.world.tell("people", f"{what} source {source_id}")
        self.config.setdefault(name_of_source(source_id), []).append((self.world.now, what))
        item = {"source_id": source_id, "provider": "github", "paused": what == "pause"}
        self.tables.write("sources", (source_id,), None if what == "delete" else marshal(item))

    def limit(self, name: str, rate: float | None) -> None:
        self.world.tell("people", f"limit {name} to {rate} a second")
        self.targets[name] = replace(self.targets[name], rate_limit=rate)
        self.limits[name].append((self.world.now, rate))
        self.write(name, "enable")

    def rates(self, name: str, since: float) -> set[float]:
        """Every rate limit that it had since then."""
        limits = self.limits[name]
        ends = [at for at, _ in limits[1:]] + [float("inf")]
        return {rate for (_, rate), until in zip(limits, ends, strict=True) if until >= since and rate}

    def park(self, name: str, seconds: float) -> None:
        """As the release before does it: without a wake."""
        self.world.tell("the release before", f"parks {name} for {seconds:g} s")
        key, url = (scoped(TENANT, name),), f"https://{name}.example/hook"
        item = self.tables.items["endpoints"].get(key, marshal({"subscription_id": key[0]}))
        parked = {
            "failures": 0,
            "parks": 1,
            "parked_until": self.world.now + seconds,
            "url_hash": hash_of(url),
        }
        version = int(item.get("version", {"N": "0"})["N"]) + 1
        self.tables.write("endpoints", key, item | marshal(parked | {"version": version}))

    def changed_at(self, name: str) -> float:
        """A source that nobody configured counts as one that was at the beginning."""
        return self.config.get(name, NEVER)[-1][0]

    def is_paused(self, name: str) -> bool:
        return self.config.get(name, NEVER)[-1][1] == "pause"

    def during(self, name: str, begin: float, end: float) -> set[str]:
        """Every way the subscription was configured between two times."""
        ways = self.config.get(name, NEVER)
        ends = [at for at, _ in ways[1:]] + [float("inf")]
        return {what for (at, what), until in zip(ways, ends, strict=True) if at <= end and until >= begin}


@dataclass
class Subscribers:
    """Answer by the target's behaviour at the time."""

    world: World
    story: Story
    targets: dict[str, Target]

    def has_room(self, name: str) -> bool:
        """Whether the target's name can be looked up."""
        return self._planned(name) != "names-busy"

    def _planned(self, name: str) -> str:
        now = self.world.now - START
        return [what for at, what in self.targets[name].behaviour if at <= now][-1]

    def behaviour(self, name: str) -> str:
        chosen = self._planned(name)
        if chosen == "any":
            return self.world.rng.choice(("ok", "ok", "error", "busy-briefly", "hang", "late", "drop"))
        return chosen

    def answer(self, name: str, request: OutboundRequest) -> Answered:
        took = self.world.rng.random() * 0.3
        patience = request.timeout_seconds
        match self.behaviour(name):
            case "ok":
                return _answer(took, 200)
            case "slow":
                return _answer(SLOW_SECONDS, 200)
            case "uneven":
                return _answer(SLOW_SECONDS * (0.5 + took / 0.3), 200)
            case "error":
                return _answer(took, 500)
            case "busy":
                return _answer(took, 503)
            case "busy-briefly":
                return _answer(took, 429, retry_after="20")
            case "busy-for-long":
                return _answer(took, 429, retry_after="1200")
            case "refuses":
                return _answer(took, 400)
            case "gone":
                return _answer(took, 410)
            case "drip":
                return (
                    True,
                    min(TAKEN_SECONDS, patience),
                    Outcome(200, "timeout", "the body of the answer", None, "", 5),
                )
            case "hang" | "late":
                return _no_answer(patience, "timeout")
            case "drop":
                return _no_answer(took, "connection_lost")
            case other:
                assert other == "unreachable"
                return _no_answer(took, "connect_failed", arrived=False)


SEEN = Wire((), (), False, (), None, False, None, None, None, None)
"""Of an attempt that failed, as the sender tells it."""


def _answer(took: float, status: int, retry_after: str | None = None) -> Answered:
    wire = None if status < 300 else SEEN
    return True, took, Outcome(status, None, "", retry_after, "", int(took * 1000), wire)


def _no_answer(took: float, error: str, *, arrived: bool = True) -> Answered:
    return arrived, took, Outcome(None, error, error, None, "", int(took * 1000), SEEN)
