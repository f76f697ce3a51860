"""Removing everything of a tenant, in an order in which a crash leaves nothing that a second run cannot find.

1. Sources and subscriptions, so that nothing new comes; their endpoints' health; event types; what the
   routing index has of it. Where that is on, it knows for a day that subscriptions are gone, by their names.
2. Event by event through the event log: the health of the endpoints it went to (of subscriptions that were
   deleted before, nothing else holds the name: a table of endpoints has no key by tenant), deliveries and
   routing pages, the event item (which is what the log finds) last. Jobs, and the record of what
   people changed, in the same way.
3. What is kept of refused requests, and all counts. A source's count in the former (numbers alone) stays.
4. Bodies in the bucket, by prefix.

Every step is a deletion and can be repeated. A worker at that moment cannot bring an event or a delivery
back: all its writes are conditioned on what it deletes. Events still on the queues can: `waiting` counts the
messages; once they are through, a second run finds what they brought.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched

from doorbell.domain.incidents import Cause
from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries.delivery_items import PREFIX, parse_key
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.health.changes import changes_key
from doorbell.store.health.incidents import incident_key
from doorbell_cli.ops.belongings import Belongings
from doorbell_cli.ops.queues import depth
from doorbell_cli.ops.removal import remove_bodies, remove_items
from doorbell_cli.ops.subscribed import subscription_ids
from doorbell_cli.secret_text import references_in
from doorbell_cli.target import Target

SIDE_BY_SIDE = 8
EVENTS_AT_ONCE = 200
OF_ENDPOINTS = (Cause.HEALTH, Cause.EXHAUSTED)


@dataclass(frozen=True, slots=True)
class Found:
    """How many there are of a tenant."""

    sources: int
    subscriptions: int
    event_types: int
    events: int
    jobs: int
    operations: int
    refused: int
    rollups: int
    bodies: int

    @property
    def total(self) -> int:
        of_configuration = self.sources + self.subscriptions + self.event_types
        kept_beside = self.jobs + self.operations + self.refused + self.rollups
        return of_configuration + self.events + kept_beside + self.bodies


@dataclass(frozen=True, slots=True)
class Purge:
    target: Target
    tenant_id: str
    _without_health: set[str] = field(default_factory=set)

    @property
    def there(self) -> Belongings:
        return Belongings(self.target, self.tenant_id)

    def count(self) -> Found:
        """By reading alone: what a purge would remove, and, after it, that it did."""
        return Found(
            sources=len(self.there.sources()),
            subscriptions=len(subscription_ids(self.target, self.tenant_id)),
            event_types=len(self.there.event_types()),
            events=sum(1 for _ in self.there.events()),
            jobs=sum(1 for _ in self.there.jobs()),
            operations=sum(1 for _ in self.there.operations()),
            refused=len(self.there.refused()),
            rollups=len(self.there.rollups()),
            bodies=sum(1 for _ in self.there.bodies()),
        )

    def waiting(self) -> int:
        """Messages on the events queue and its dead-letter queue: of all tenants, nobody can tell whose."""
        return depth(self.target, "Events") + depth(self.target, "EventsDeadLetter")

    def secret_references(self) -> list[str]:
        """What the tenant's items refer to, in any of their fields. Not removed: others may refer to the
        same."""
        items = [*self.there.sources(), *self.there.subscriptions()]
        return sorted({reference for item in items for reference in references_in(item)})

    def run(self, watch: Callable[[int], None]) -> None:
        """`watch` hears how many events are gone."""
        self._remove_configuration()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for batch in batched(self.there.events(), EVENTS_AT_ONCE, strict=False):
                for _ in pool.map(self._remove_event, batch):
                    pass
                watch(len(batch))
        for event_id in (*self.there.jobs(), *self.there.operations()):
            self._remove_event(event_id)
        remove_items(self.target, "Refused", self.there.refused())
        remove_items(self.target, "Rollups", self.there.rollups())
        remove_bodies(self.target, self.there.bodies())

    def _remove_configuration(self) -> None:
        tenant = {"tenant_id": self.tenant_id}
        names = subscription_ids(self.target, self.tenant_id)
        sources = [{"source_id": item["source_id"]} for item in self.there.sources()]
        remove_items(self.target, "Sources", [marshal(key) for key in sources])
        subscriptions = [{**tenant, "subscription_id": name} for name in names]
        remove_items(self.target, "Subscriptions", [marshal(key) for key in subscriptions])
        event_types = [{**tenant, "event_type": name} for name in self.there.event_types()]
        remove_items(self.target, "EventTypes", [marshal(key) for key in event_types])
        self._remove_health(names)
        remove_items(self.target, "Routes", list(self.there.routes()))

    def _remove_event(self, event_id: str) -> None:
        keys = list(self.there.keys(event_id))
        sks = [key["sk"]["S"] for key in keys]
        names = {parse_key(event_id, sk).subscription_id for sk in sks if sk.startswith(PREFIX)}
        self._remove_health(names - self._without_health)
        self._without_health.update(names)
        last = [key for key in keys if key["sk"]["S"] in ("event", "job", "work", "progress")]
        remove_items(self.target, "Events", [key for key in keys if key not in last])
        remove_items(self.target, "Events", last)

    def _remove_health(self, names: Iterable[str]) -> None:
        """And what went wrong with these endpoints, as people were told, and when they were parked."""
        endpoints = [scoped(self.tenant_id, name) for name in names]
        incidents = [incident_key(cause, name) for name in endpoints for cause in OF_ENDPOINTS]
        changes = [changes_key(name) for name in endpoints]
        keys = [marshal({"subscription_id": key}) for key in (*endpoints, *incidents, *changes)]
        remove_items(self.target, "Endpoints", keys)
