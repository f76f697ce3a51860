"""What people make of a tenant's subscriptions in a history of the routing index, and what its events are."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.domain.matching import match
from doorbell.domain.records import Incoming
from doorbell.domain.subscriptions import Interest, Subscription
from doorbell.payloads.filters import Filters
from doorbell.store.dynamodb.tables import Item, marshal
from doorbell.store.items.models import load_subscription
from tests.support.builders import TENANT, an_incoming

NAMES = [f"s{number}" for number in range(6)]
TYPES: tuple[list[str], ...] = (["push"], ["push.*"], ["push.main"], ["*.main"], ["push", "pull"], [])
SOURCES: tuple[list[str], ...] = ([], ["hub"], ["shop", "hub"])
FIELDS = ("body.a", "body.b", "body.c")
FILTERS = (None, "body.a == 'x'", "body.b == 'x' && body.a", "body.a == 'y' || body.b", "body.c == 'x'")


def an_item(rng: Random, name: str) -> Item:
    """Some are off, some are broken, some break whoever reads them."""
    values: dict[str, Any] = {
        "tenant_id": TENANT,
        "subscription_id": name,
        "url": "https://example.com/hook",
        "signing": "none",
        "event_types": rng.choice(TYPES),
        "sources": rng.choice(SOURCES),
        "filter": rng.choice(FILTERS),
        "enabled": rng.random() < 0.85,
    }
    match rng.randrange(60):
        case 0:
            values["url"] = "no url"
        case 1 | 2:
            values["description"] = POISON
        case 3:
            values["description"] = DEADLY
    return marshal(values)


POISON, DEADLY = "breaks whoever reads it", "kills whoever reads it"


class Killed(BaseException):
    """A worker is gone."""


def load(values: Mapping[str, Any]) -> Subscription:
    if values.get("description") == POISON:
        raise ZeroDivisionError
    if values.get("description") == DEADLY:
        raise Killed
    return load_subscription(values)


def interest(values: Mapping[str, Any] | None) -> Interest | None:
    """What an item wants that events ask for; None: nothing."""
    try:
        return None if values is None else Interest.of(load(values))
    except (ConfigError, ZeroDivisionError, Killed):
        return None


def an_event(rng: Random) -> Incoming:
    body = {field: rng.choice(["x", "y", 5]) for field in "abc" if rng.random() < 0.6}
    kind, source = rng.choice(["push", "push.main", "pull"]), rng.choice(["hub", "shop"])
    return an_incoming(json.dumps(body).encode(), event_type=kind, source_id=source)


def wants(one: Interest | None, incoming: Incoming, filters: Filters) -> bool:
    body = incoming.body.inline or b""
    return (
        one is not None
        and match(
            one,
            source_id=incoming.source_id,
            event_type=incoming.event_type,
            passes=lambda expression: filters.passes(expression, incoming, body),
        ).matched
    )
