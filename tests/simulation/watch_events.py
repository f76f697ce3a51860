"""What may be stored of events: proven ones, once each, routed to those who want them."""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.events import nth_event_id
from doorbell.domain.matching import Match
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.queues.envelopes import EventEnvelope
from tests.simulation.outside import People
from tests.simulation.sends import SUBSCRIPTION_CACHE_SECONDS
from tests.simulation.story import Target
from tests.simulation.world import World


@dataclass(eq=False)
class EventWatch:
    """`genuine` are the bodies that providers signed, `objects` the bucket, `bodies` those of the events."""

    world: World
    people: People
    bodies: dict[str, bytes]
    objects: dict[str, bytes]
    genuine: frozenset[bytes]
    events: dict[str, StoredEvent] = field(default_factory=dict)
    routing: dict[str, list[RoutingPage]] = field(default_factory=dict)

    def stored(self, event: StoredEvent) -> None:
        where = event.incoming.body
        body = where.inline if where.inline is not None else self.objects[where.key or ""]
        if body not in self.genuine:
            raise self.world.violated(f"{event.event_id} is no event of a proven sender")
        for other in self.events.values():
            if self.bodies[other.event_id] == body and event.incoming.received_at < other.dedupe_until:
                raise self.world.violated(f"one event stored twice: {other.event_id} and {event.event_id}")
        self.bodies[event.event_id] = body
        self.events[event.event_id] = event
        self.routing[event.event_id] = []
        self.routed(event.event_id, event.routing)

    def routed(self, event_id: str, page: RoutingPage) -> None:
        for match in page.matches:
            self._matched(self.events[event_id], match)
        self.routing[event_id].append(page)

    def named_newest(self, first_id: str, values: dict[str, Any]) -> None:
        """It is there, and is what the pointer says of it."""
        event = self.events.get(nth_event_id(first_id, values["generation"]))
        if event is None or event.incoming.ingest_id != values["ingest_id"]:
            raise self.world.violated(f"{first_id}: the newest use is named, and is not there")

    def _matched(self, event: StoredEvent, match: Match) -> None:
        """As the subscription was configured at some time since the worker may have read it."""
        worker = self.world.worker
        assert worker is not None
        since = worker.invocation.started - SUBSCRIPTION_CACHE_SECONDS
        ways = self.people.during(match.subscription_id, since, self.world.now)
        wants = self._wants(self.people.targets[match.subscription_id], event)
        if match.matched and not (wants and ways & {"enable", "pause"}):
            raise self.world.violated(f"{event.event_id} must not go to {match.subscription_id}")
        if not match.matched and wants and ways <= {"enable", "pause"}:
            raise self.world.violated(f"{event.event_id} must go to {match.subscription_id}: {match.reason}")

    def _wants(self, target: Target, event: StoredEvent) -> bool:
        kind = event.incoming.event_type
        fits = not target.event_types or any(fnmatchcase(kind, glob) for glob in target.event_types)
        return fits and (target.filter is None or json.loads(self.bodies[event.event_id])["even"])

    def promised(self, event_id: str) -> set[DeliveryKey]:
        """The deliveries that its routing record promises."""
        return {DeliveryKey(event_id, name) for page in self.routing[event_id] for name in page.matched}

    def acknowledged(self, message: str, comes_again: bool) -> list[StoredEvent]:
        """Fan-out said that it was done with a message: the events it was, none for a duplicate."""
        incoming = EventEnvelope.model_validate_json(message).to_domain()
        there = [e for e in self.events.values() if e.incoming.event_id == incoming.event_id]
        mine = [e for e in there if e.incoming.ingest_id == incoming.ingest_id]
        is_duplicate = any(incoming.received_at < e.dedupe_until for e in there)
        if not (mine or is_duplicate or comes_again):
            raise self.world.violated(f"{incoming.event_id} was acknowledged and not stored")
        return mine

    def check_complete(self, event: StoredEvent, there: set[DeliveryKey]) -> None:
        """Every promised delivery is there, and everybody is promised one who wanted it all along."""
        missing = self.promised(event.event_id) - there
        if missing or self.routing[event.event_id][-1].after is not None:
            raise self.world.violated(f"fan-out is done, and these are missing: {missing or 'pages'}")
        for name, target in self.people.targets.items():
            ways = self.people.during(name, event.incoming.received_at - 20, self.world.now)
            wanted = ways <= {"enable", "pause"} and self._wants(target, event)
            if wanted and DeliveryKey(event.event_id, name) not in there:
                raise self.world.violated(f"{event.event_id} was never routed to {name}")
