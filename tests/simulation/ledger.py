"""That nothing is forgotten: somebody goes on with every pending delivery, nothing is late, and at the end
events × matched = delivered + exhausted + cancelled."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.queues.envelopes import call_of
from doorbell.store.deliveries.attempt_details import ATTEMPT
from doorbell.store.deliveries.delivery_items import PREFIX, delivery_from
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, unmarshal
from doorbell.store.events.event_items import EVENT_SK, event_from
from doorbell.store.events.newest import NEWEST_SK
from doorbell.store.events.routing_items import unpack_routing
from doorbell.store.health.incidents import PREFIX as PREFIX_OF_NOTICES
from tests.simulation.outside import People
from tests.simulation.sends import SendWatch
from tests.simulation.watch_deliveries import LOOK_AHEAD, DeliveryWatch
from tests.simulation.watch_events import EventWatch
from tests.simulation.watch_history import HistoryWatch
from tests.simulation.watch_lists import WAITING_SECONDS, ListWatch
from tests.simulation.watch_notices import NoticeWatch, is_own_message
from tests.simulation.watch_pauses import PauseWatch
from tests.simulation.world import World
from tests.support.fakes_dynamo import Key
from tests.support.fakes_expressions import Item

USUAL_LAG = 90.0
"""Of an index, in seconds: of one that lags by more, what was written before the calm comes later."""


@dataclass(eq=False)
class Ledger:
    """`held(key)` says whether a message for a delivery is on its queue, `comes_again(body)` whether one of
    an event is. `lost`: SQS or the dead-letter queue took one. `called`: how many were sent. `accepted`: the
    event ids that providers were told."""

    world: World
    people: People
    sends: SendWatch
    events: EventWatch
    held: Callable[[DeliveryKey], bool]
    comes_again: Callable[[str], bool]
    accepted: set[str] = field(default_factory=set)
    lost: set[DeliveryKey] = field(default_factory=set)
    called: Counter[DeliveryKey] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.deliveries = self.sends.deliveries
        self.lists = ListWatch(
            self.world, self.sends.tables, self.people, self.deliveries, self._is_held, self.sends.well_since
        )
        self._history = HistoryWatch(self.world, self.sends.tables, self.events.events)
        self.notices = NoticeWatch(self.world, self.sends.tables)
        self._pauses = PauseWatch(self.world, self.people, self.deliveries, self._is_held)
        self._watch = DeliveryWatch(
            self.world, self.people, self.deliveries, self.check_held, self.lists, self._pauses
        )
        self.sends.on_send = self._pauses.sent

    def written(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        """Every write to every table comes here."""
        if table == "subscriptions" and self.world.worker is not None:
            self.people.config[key[1]].append((self.world.now, "disable"))
        if table == "endpoints":
            self.notices.written(key[0], before, after)
        if table == "endpoints" and after is not None and not key[0].startswith(PREFIX_OF_NOTICES):
            self.sends.endpoint_written(key, before, after)
            self.lists.endpoint_written(key[0], before, after)
        if table == "events":
            self._events_written(key, before, after)

    def _events_written(self, key: Key, before: Item | None, after: Item | None) -> None:
        if before is not None and float(before[TTL_ATTRIBUTE]["N"]) <= self.world.now + self.world.story.skew:
            before = None  # as good as gone
        changes = key[1].startswith((PREFIX, ATTEMPT)) or key[1] == NEWEST_SK
        rewritten = before is not None and not changes
        if after is None or rewritten:
            raise self.world.violated(f"{key} was removed or written again")
        if key[1] == EVENT_SK:
            event = event_from(unmarshal(after))
            (self.notices if self.notices.is_own(event) else self.events).stored(event)
        elif key[1].startswith(PREFIX):
            delivery = delivery_from(unmarshal(after))
            self._watch.written(delivery)
            self._history.written(delivery, after)
        elif key[1].startswith(ATTEMPT):
            self._history.told(after, self.deliveries)
        elif key[1] == NEWEST_SK:
            self.events.named_newest(key[0], unmarshal(after))
        else:
            self.events.routed(key[0], unpack_routing(unmarshal(after)["routing"]))

    # ------------------------------------------------------------------ messages

    def event_done(self, message: str) -> None:
        """Done with the event, or sent it back to go on later."""
        if is_own_message(message):
            return
        for event in self.events.acknowledged(message, self.comes_again(message)):
            if not self.comes_again(message):
                self.events.check_complete(event, set(self.deliveries))
            for key in self.events.promised(event.event_id) & set(self.deliveries):
                self.check_held(key)

    def event_dead(self, message: str) -> None:
        if self.world.quiet:
            raise self.world.violated("an event came to the dead-letter queue, and nothing was wrong")

    def delivery_called(self, message: str) -> None:
        called = call_of(message)
        if isinstance(called, WakeCall):
            return
        self.called[called.key] += 1
        delivery = self.deliveries.get(called.key)
        if (
            delivery is None or called.attempt >= delivery.next_attempt
        ):  # one of an earlier turn replaces nothing
            self.lost.discard(called.key)

    def delivery_lost(self, message: str) -> None:
        key = key_of(message)
        if key is not None:
            self.lost.add(key)

    def delivery_done(self, message: str) -> None:
        key = key_of(message)
        if key in self.deliveries:
            self.check_held(key)

    def delivery_failed(self, message: str) -> None:
        if self.world.quiet:
            raise self.world.violated(f"a message comes again, and nothing was wrong: {message}")

    def check_held(self, key: DeliveryKey) -> None:
        """Somebody goes on with a pending delivery: a message on its queue, or the sweeper at its time.

        Where SQS or the dead-letter queue took a message, the sweeper comes a grace later. A replay's first
        message may be lost with its maker.
        """
        delivery = self.deliveries[key]
        if delivery.state.terminal or self._is_held(key) or delivery.due_at is None:
            return
        if delivery.waits:
            self.lists.check_awake(delivery)
            return
        if key.generation and key not in self.called:
            return
        soon = max(delivery.next_attempt_at, self.world.now) + LOOK_AHEAD + self.world.story.skew + 1
        if delivery.due_at > soon:
            raise self.world.violated(f"nobody goes on with {key}: {delivery.due_at - soon:.0f} s too late")

    def _is_held(self, key: DeliveryKey) -> bool:
        return key in self.lost or self.held(key)

    # ------------------------------------------------------------------ the whole

    def pending(self) -> list[Delivery]:
        return [d for d in self.deliveries.values() if not d.state.terminal]

    def check_late(self) -> None:
        """Once the faults have stopped: nothing is later than its plan, a grace and one sweep."""
        for delivery in self.pending():
            begin = max(delivery.next_attempt_at, self.world.calm_at)
            lag = max(0.0, self.world.story.index_lag - USUAL_LAG)
            allowed = self.world.story.grace + 2 * LOOK_AHEAD + 2 * self.world.story.skew + 10 + lag
            if delivery.waits:
                begin, allowed = max(begin, self.lists.since(delivery)), allowed + WAITING_SECONDS
            if self.world.now > begin + allowed:
                late = self.world.now - delivery.next_attempt_at
                raise self.world.violated(f"{delivery.key} is late by {late:.0f} s")

    def check_balance(self) -> Counter[State]:
        """At rest."""
        self.notices.check_rest()
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
        self._history.check_whole(self.deliveries)
        self._history.check_details(self.deliveries)
        return states


def key_of(message: str) -> DeliveryKey | None:
    """Of the delivery that a message calls for; None: it calls for a look at a list."""
    called = call_of(message)
    return called.key if isinstance(called, DeliveryMessage) else None
