"""Who rings, and where it is filed: a sample of events with Doorbell's own keys. Of one seed.

Each tenant has one source and one subscription. One tenant has half of the traffic, the others the rest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from random import Random

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.events import event_id_for
from doorbell.domain.history import history_shelf
from doorbell.domain.shelves import shelf_of
from doorbell.domain.subscriptions import scoped
from doorbell.runtime.settings import Settings
from doorbell.store.events.event_items import tenant_day
from doorbell.store.health.items import wake_shard

TENANTS, HOT_SHARE, DEAD_SHARE = 100_000, 0.5, 0.01
SOURCE, SUBSCRIPTION = "source", "subscription"
HOT = "tenant-0"
NOON = 1_800_014_400.0
SEED, SAMPLE = 25, 100_000
SHARDS: int = {field.name: field for field in fields(Settings)}["due_shards"].default  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Rung:
    """`dead`: its tenant's endpoint answers nobody."""

    tenant_id: str
    event_id: str
    dead: bool


def rung(count: int, seed: int = SEED) -> Iterator[Rung]:
    random, dead_tenants = Random(seed), int(TENANTS * DEAD_SHARE)
    for number in range(count):
        which = 0 if random.random() < HOT_SHARE else random.randrange(1, TENANTS)
        name = f"tenant-{which}"
        event_id = event_id_for(name, SOURCE, f"{seed}-{number}")
        yield Rung(name, event_id, dead=0 < which <= dead_tenants)


@cache
def sample() -> Sequence[tuple[Rung, Mapping[str, str]]]:
    """Each with its keys. So many that the shards of an index come out nearly even, as they do in an hour."""
    return [(one, partitions(one)) for one in rung(SAMPLE)]


def partitions(one: Rung) -> Mapping[str, str]:
    """The key that an event or its delivery has in a table or an index, by the name of that. Who is written
    no more often when more events come, as an endpoint's health, is left out."""
    key = DeliveryKey(one.event_id, SUBSCRIPTION)
    endpoint = scoped(one.tenant_id, SUBSCRIPTION)
    ended = Delivery(key, one.tenant_id, State.DELIVERED, NOON, NOON, None, 0, ended_at=NOON)
    return {
        "events": one.event_id,
        "by_tenant": tenant_day(one.tenant_id, NOON, one.event_id),
        "due": key.due_shard(SHARDS),
        "shelf, history": history_shelf(ended),
        "shelf, waiting": shelf_of(endpoint, key),
        "wake": wake_shard(endpoint),
    }
