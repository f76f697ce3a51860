"""What the history of a subscription holds: every delivery that has ended and none that has not, each once,
at the time it ended, with what its last attempt was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.health import OWN_FAULTS
from doorbell.domain.history import Sought, history_shelves
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.history_index import HistoryIndex
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.usecases.history import History
from tests.simulation.outside import TENANT
from tests.simulation.world import World
from tests.support.fakes_dynamo import DynamoClient, Tables
from tests.support.fakes_expressions import Item

PAGE = 2
LATER_SECONDS = 3600.0
"""When every index has what was written."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A client that finds one item."""

    item: Item

    def query(self, **call: object) -> dict[str, list[Item]]:
        return {"Items": [self.item]}


@dataclass(frozen=True, slots=True)
class HistoryWatch:
    world: World
    tables: Tables
    events: Mapping[str, StoredEvent]
    details: set[tuple[DeliveryKey, int]] = field(default_factory=set)

    def written(self, delivery: Delivery, item: Item) -> None:
        values = unmarshal(item)
        shelves = history_shelves(scoped(TENANT, delivery.key.subscription_id))
        stands_there = values.get("shelf") in shelves
        if stands_there != delivery.state.terminal:
            raise self.world.violated(
                f"{delivery.key} is {delivery.state}: its shelf is {values.get('shelf')}"
            )
        if stands_there and values["shelf_at"] != delivery.ended_at:
            raise self.world.violated(f"{delivery.key} stands in its history at another time than it ended")
        last = delivery.attempts[-1] if delivery.attempts else None
        answered = (last.status, last.error) if last and stands_there else (None, None)
        if (values.get("status"), values.get("error")) != answered:
            raise self.world.violated(f"{delivery.key} stands in its history with another answer")
        event = self.events.get(delivery.key.event_id)
        if event is not None and delivery.event_type not in (None, event.incoming.event_type):
            raise self.world.violated(f"{delivery.key} stands in its history with another type")

    def told(self, item: Item, deliveries: Mapping[DeliveryKey, Delivery]) -> None:
        """Details are of an attempt that is on record, that failed, and no longer kept than its delivery."""
        (told,) = AttemptDetailTable(_Found(item), "events", lambda: 0.0).of("", "")
        delivery = deliveries.get(told.key)
        made = (
            delivery.attempts[told.number - 1] if delivery and told.number <= delivery.attempts_made else None
        )
        if delivery is None or made is None:
            raise self.world.violated(f"{told.key}: details of attempt {told.number}, which is not on record")
        if made.is_success or abs(made.at - told.at) > 0.001 or told.expires_at > delivery.expires_at:
            raise self.world.violated(f"{told.key}: the details of attempt {told.number} are another's")
        self.details.add((told.key, told.number))

    def check_details(self, deliveries: Mapping[DeliveryKey, Delivery]) -> None:
        """At rest, where nothing went wrong: of each that failed and was sent to a URL."""
        to_urls = {target.name for target in self.world.story.targets if not target.kind}
        for key, delivery in deliveries.items() if self.world.quiet else ():
            if key.subscription_id not in to_urls:
                continue
            for made in delivery.attempts:
                sent = not made.is_success and made.error not in OWN_FAULTS
                if sent and (key, made.number) not in self.details:
                    raise self.world.violated(f"{key}: attempt {made.number} failed, and has no details")

    def check_whole(self, deliveries: Mapping[DeliveryKey, Delivery]) -> None:
        """At rest: read page by page, as people do."""
        ended = {key: d.ended_at for key, d in deliveries.items() if d.state.terminal}
        for name in sorted({key.subscription_id for key in ended}):
            listed = self._listed(name, max(at or 0.0 for at in ended.values()) + 1)
            wanted = {key for key in ended if key.subscription_id == name}
            if len(listed) != len(wanted) or set(listed) != wanted:
                raise self.world.violated(f"the history of {name} has {len(listed)} of {len(wanted)}")
            times = [ended[key] or 0.0 for key in listed]
            if times != sorted(times, reverse=True):
                raise self.world.violated(f"the history of {name} is not in order")

    def _listed(self, name: str, until: float) -> list[DeliveryKey]:
        clock = self.tables.clock
        self.tables.clock = lambda: clock() + LATER_SECONDS
        try:
            read = History(HistoryIndex(DynamoClient(self.tables), "events", PAGE))
            found, seen = list[DeliveryKey](), tuple[str, ...]()
            while True:
                page = read(TENANT, [name], 0.0, until, Sought(), limit=PAGE, most=100, seen=seen)
                found += [row.key for row in page.rows]
                if page.until is None or len(found) > len(set(found)):
                    return found
                until, seen = page.until, page.seen
        finally:
            self.tables.clock = clock
