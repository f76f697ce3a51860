"""That nothing is forgotten: somebody goes on with every pending delivery, nothing is late, and at the end
events × matched = delivered + exhausted + cancelled."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.queues.envelopes import DeliveryEnvelope
from doorbell.store.delivery_items import PREFIX, delivery_from
from doorbell.store.event_items import EVENT_SK, event_from, unpack_routing
from doorbell.store.tables import unmarshal
from tests.simulation.outside import People
from tests.simulation.sends import SendWatch
from tests.simulation.watch_deliveries import LOOK_AHEAD, DeliveryWatch
from tests.simulation.watch_events import EventWatch
from tests.simulation.world import World
from tests.support.fakes_dynamo import Key
from tests.support.fakes_expressions import Item


@dataclass(eq=False)
class Ledger:
    """`held(key)` says whether a message for a delivery is on its queue. `lost`: SQS or the dead-letter queue
    took one. `called`: one was sent. `accepted`: the event ids that providers were told."""

    world: World
    people: People
    sends: SendWatch
    events: EventWatch
    held: Callable[[DeliveryKey], bool]
    accepted: set[str] = field(default_factory=set)
    lost: set[DeliveryKey] = field(default_factory=set)
    called: set[DeliveryKey] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.deliveries = self.sends.deliveries
        self._watch = DeliveryWatch(self.world, self.people, self.deliveries, self.check_held)

    def written(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        """Every write to every table comes here."""
        if table == "subscriptions" and self.world.worker is not None:
            self.people.config[key[1]].append((self.world.now, "disable"))
        if table == "endpoints" and after is not None:
            self.sends.endpoint_written(key, before, after)
        if table == "events":
            self._events_written(key, before, after)

    def _events_written(self, key: Key, before: Item | None, after: Item | None) -> None:
        if after is None or (before is not None and not key[1].startswith(PREFIX)):
            raise self.world.violated(f"{key} was removed or written again")
        if key[1] == EVENT_SK:
            self.events.stored(event_from(unmarshal(after)))
        elif key[1].startswith(PREFIX):
            self._watch.written(delivery_from(unmarshal(after)))
        else:
            self.events.routed(key[0], unpack_routing(unmarshal(after)["routing"]))

    # ------------------------------------------------------------------ messages

    def event_done(self, message: str) -> None:
        for event in self.events.acknowledged(message):
            self.events.check_complete(event, set(self.deliveries))
            for key in self.events.promised(event.event_id):
                self.check_held(key)

    def delivery_called(self, message: str) -> None:
        called = DeliveryEnvelope.model_validate_json(message).to_domain()
        self.called.add(called.key)
        delivery = self.deliveries.get(called.key)
        if (
            delivery is None or called.attempt >= delivery.next_attempt
        ):  # one of an earlier turn replaces nothing
            self.lost.discard(called.key)

    def delivery_lost(self, message: str) -> None:
        self.lost.add(key_of(message))

    def delivery_done(self, message: str) -> None:
        if key_of(message) in self.deliveries:
            self.check_held(key_of(message))

    def check_held(self, key: DeliveryKey) -> None:
        """Somebody goes on with a pending delivery: a message on its queue, or the sweeper at its time.

        Where SQS or the dead-letter queue took a message, the sweeper comes a grace later. A replay's first
        message may be lost with its maker.
        """
        delivery = self.deliveries[key]
        if delivery.state.terminal or key in self.lost or self.held(key) or delivery.due_at is None:
            return
        if key.generation and key not in self.called:
            return
        soon = max(delivery.next_attempt_at, self.world.now) + LOOK_AHEAD + self.world.story.skew + 1
        if delivery.due_at > soon:
            raise self.world.violated(f"nobody goes on with {key}: {delivery.due_at - soon:.0f} s too late")

    # ------------------------------------------------------------------ the whole

    def pending(self) -> list[Delivery]:
        return [d for d in self.deliveries.values() if not d.state.terminal]

    def check_late(self) -> None:
        """Once the faults have stopped: nothing is later than its plan, a grace and one sweep."""
        for delivery in self.pending():
            begin = max(delivery.next_attempt_at, self.world.calm_at)
            if (
                self.world.now
                > begin + self.world.story.grace + 2 * LOOK_AHEAD + 2 * self.world.story.skew + 10
            ):
                late = self.world.now - delivery.next_attempt_at
                raise self.world.violated(f"{delivery.key} is late by {late:.0f} s")

    def check_balance(self) -> Counter[State]:
        """At rest."""
        events = self.events.events
        for event_id in self.accepted - {event.incoming.event_id for event in events.values()}:
            raise self.world.violated(f"{event_id} was accepted and is lost")
        owed = [key for event_id in events for key in self.events.promised(event_id)]
        states = Counter(self.deliveries[key].state for key in owed if key in self.deliveries)
        if len(owed) != states.total() or self.pending():
            raise self.world.violated(f"the ledger does not balance: {len(owed)} matched, {dict(states)}")
        received = {s.key for s in self.sends.sends if s.arrived and s.outcome and s.outcome.is_success}
        for delivery in self.deliveries.values():
            if delivery.state is State.DELIVERED and delivery.key not in received:
                raise self.world.violated(f"{delivery.key} is called delivered, and never arrived")
        return states


def key_of(message: str) -> DeliveryKey:
    return DeliveryEnvelope.model_validate_json(message).to_domain().key
