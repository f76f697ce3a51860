"""Who waits on a list is released: by a wake that is there for as long as anybody is on it, and soon
enough."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.holders import name_of_source, source_held_by
from doorbell.domain.shelves import FAR_SECONDS, LAST_CHANCE_SECONDS
from doorbell.domain.subscriptions import scoped
from doorbell.domain.wakes import CLOSING_SECONDS, LOOK_SECONDS
from doorbell.store.dynamodb.tables import unmarshal
from tests.simulation.outside import TENANT, People
from tests.simulation.sends import SOURCE
from tests.simulation.workers import Worker
from tests.simulation.world import World
from tests.support.fakes_dynamo import Tables
from tests.support.fakes_expressions import Item

SWEPT_AHEAD_SECONDS = 60.0
WAITING_SECONDS = CLOSING_SECONDS + LOOK_SECONDS + 120.0
"""Beyond the grace that a lost release is left to its message: a list that looked empty, a subscription that
was changed by hand, and a sweep for each."""


@dataclass(eq=False)
class ListWatch:
    """`is_held`: a message of the delivery is on its queue, or was lost. `well_since`: when an
    endpoint's parking was lifted."""

    world: World
    tables: Tables
    people: People
    deliveries: dict[DeliveryKey, Delivery]
    is_held: Callable[[DeliveryKey], bool]
    well_since: Mapping[str, float]

    def endpoint_written(self, endpoint_id: str, before: Item | None, after: Item) -> None:
        if "wake_at" in (before or {}) and "wake_at" not in after:
            for delivery in self.waiting(endpoint_id):
                if not self.is_held(delivery.key):
                    raise self.world.violated(f"{delivery.key} is on a list, and its wake is gone")

    def waiting(self, endpoint_id: str) -> list[Delivery]:
        return [d for d in self.deliveries.values() if d.waits and _endpoint(d) == endpoint_id]

    def check_awake(self, delivery: Delivery) -> None:
        """When it is filed, and once whoever filed it is done: somebody may die in between."""
        item = unmarshal(self.tables.items["endpoints"].get((_endpoint(delivery),), {}))
        latest = self.world.now + CLOSING_SECONDS + self.world.story.skew + 1
        if item.get("wake_at", latest + 1) > latest:
            raise self.world.violated(f"{delivery.key} is on a list, and nobody will look at it")

    def claimed(self, old: Delivery, worker: Worker) -> None:
        """Only a release may; or the last chance; or who finds that there is nothing to wait for."""
        called = worker.subject
        if not old.waits or not isinstance(called, DeliveryMessage) or called.release:
            return
        target = self.people.targets[old.key.subscription_id]
        end = old.created_at + target.max_age_hours * 3600
        chance = end - min(LAST_CHANCE_SECONDS, (end - old.created_at) / 10) - self.world.story.skew
        ways = self.people.during(old.key.subscription_id, worker.invocation.started - 15, self.world.now)
        ways |= self.people.during(holder_of(old), worker.invocation.started - 15, self.world.now)
        if self.world.now < chance and ways == {"enable"}:
            raise self.world.violated(f"{old.key} waits on a list, and was claimed without a release")

    def due_by(self, delivery: Delivery) -> float:
        """The latest time for its own clock to look at it."""
        return self.world.now + FAR_SECONDS + SWEPT_AHEAD_SECONDS + self.world.story.skew

    def since(self, delivery: Delivery) -> float:
        """From when on nothing of its endpoint has kept it, nor people's pause."""
        name = delivery.key.subscription_id
        endpoint_id, names = scoped(TENANT, name), {name, SOURCE}
        if any(map(self.people.is_paused, names)):
            return self.world.now
        item = unmarshal(self.tables.items["endpoints"].get((endpoint_id,), {}))
        times = (item.get("parked_until"), item.get("probe_until"), self.well_since.get(endpoint_id))
        return max(*map(self.people.changed_at, names), *(at for at in times if at is not None), 0.0)


def _endpoint(delivery: Delivery) -> str:
    return scoped(TENANT, holder_of(delivery))


def holder_of(delivery: Delivery) -> str:
    """On whose list it is: its subscription's, or its source's."""
    source_id = source_held_by(delivery)
    return delivery.key.subscription_id if source_id is None else name_of_source(source_id)
