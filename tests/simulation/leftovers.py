"""What DynamoDB has not removed yet: items of events that expired, under the keys of those to come."""

from itertools import chain
from random import Random
from typing import Any

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.events import BodyAt, event_id_for
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.signatures.vouching import PUBLISH_SOURCE
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import event_values
from doorbell.store.events.routing_items import page_values
from tests.simulation.gateway import HUB
from tests.simulation.outside import TENANT, ids_of
from tests.simulation.story import START, Ring
from tests.simulation.world import World
from tests.support.fakes_dynamo import Key, Tables

KEPT_SECONDS = 30 * 86_400


def leave_behind(world: World, tables: Tables) -> None:
    """Every item goes at a time of its own, in any order. The dice are its own."""
    rng = Random(f"leave behind {world.story.seed}")
    for ring in sorted({ring.key: ring for ring in world.story.rings}.values(), key=lambda ring: ring.key):
        expired_at = int(START - rng.uniform(1, 2 * 86_400))
        names = [target.name for target in world.story.targets]
        for values in chain.from_iterable(_items(event_id, expired_at, names) for event_id in _ids(ring)):
            key, item = (values["event_id"], values["sk"]), marshal(values)
            tables.items["events"][key] = item
            world.at(
                START + rng.uniform(0, 2 * world.story.calm_at),
                lambda key=key, item=item: _remove(tables, key, item),  # type: ignore[misc]
            )


def _remove(tables: Tables, key: Key, item: dict[str, Any]) -> None:
    """Unless something was put over it."""
    if tables.items["events"].get(key) is item:
        del tables.items["events"][key]


def _ids(ring: Ring) -> list[str]:
    if ring.parts:
        return ids_of(ring)
    return [event_id_for(TENANT, PUBLISH_SOURCE if ring.own else HUB, ring.key)]


def _items(event_id: str, expired_at: int, names: list[str]) -> list[dict[str, Any]]:
    """The event, a page of its routing, a delivery to everybody and its replay: all of them ended."""
    made = float(expired_at - KEPT_SECONDS)
    incoming = Incoming(
        "earlier", event_id, TENANT, HUB, "github", "push", 3600, made, "application/json", {},
        BodyAt(2, b"{}"),
    )  # fmt: skip
    event = StoredEvent(event_id, incoming, 0, made, made + 3600, expired_at, RoutingPage(after="s1"))
    page = page_values(event_id, 1, RoutingPage(), expired_at)
    keys = [DeliveryKey(event_id, name, generation) for name in names for generation in (0, 1)]
    return [event_values(event), page, *(_ended(key, made, expired_at) for key in keys)]


def _ended(key: DeliveryKey, made: float, expired_at: int) -> dict[str, Any]:
    delivery = Delivery(key, TENANT, State.PENDING, made, made, made, expired_at)
    values = delivery_values(delivery, shards=1)
    del values["due_shard"], values["due_at"]
    return {**values, "state": State.DELIVERED.value, "delivered_at": made}
