"""Fan-out: one event becomes one delivery for every subscription that wants it.

The event item is put on its dedupe key; what took the key before tells a new event from this one resumed
(same ingest id) and from the provider's duplicate (another): see `generations`. What matched is recorded with
the event, so that a resumed fan-out serves whom it promised, whatever was configured in between.

Most events are quick: of a tenant with few subscriptions, and routed in a moment. They share calls with the
others of their batch, which wait for one another. All else goes in turns, once those are served.

Costs per event: a conditional put of it and of each delivery (a batch's share calls, 25 in each), a tenth of
an SQS batch. BatchWriteItem has no condition: a worker thawed late would put finished deliveries back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorbell.domain.hops import too_many
from doorbell.usecases.generations import Generations
from doorbell.usecases.in_turns import InTurns
from doorbell.usecases.record import INLINE_ITEM_BYTES, Record, is_large
from doorbell.usecases.serve import Serve
from doorbell.usecases.tally import NOTHING, Tally
from doorbell.usecases.walk import Walk

if TYPE_CHECKING:
    from doorbell.domain.records import Incoming
    from doorbell.usecases.generations import UsedEvents
    from doorbell.usecases.ports import Bodies, Clock, Deliveries, DeliveriesQueue, Log, Metrics
    from doorbell.usecases.route import Route

__all__ = ["INLINE_ITEM_BYTES", "FanOut"]


@dataclass(frozen=True, slots=True)
class FanOut:
    """`retention` and `grace` are in seconds. `outbox`, for quick events, may send when the event is returned
    from and not yet done. For others it could not: a page's record says those before it are served."""

    route: Route
    events: UsedEvents
    deliveries: Deliveries
    queue: DeliveriesQueue
    bodies: Bodies
    clock: Clock
    metrics: Metrics
    log: Log
    retention: int
    grace: float
    outbox: DeliveriesQueue | None = None
    tally: Tally = NOTHING

    def __call__(self, incoming: Incoming) -> None:
        """To the end. Safe to call again with the same event, after a crash at any point; so is each part."""
        if not self.quickly(incoming):
            turns = self.in_turns(incoming)
            while turns.goes_on:
                turns.take()

    def quickly(self, incoming: Incoming) -> bool:
        """Whether it is done; else it has to go in turns: it takes longer than others should wait for."""
        if too_many(incoming.hops):
            self.log.error("hops_exceeded", ingest_id=incoming.ingest_id, hops=incoming.hops)
        routing = None if is_large(incoming.body) else self.route.quickly(incoming)
        if routing is None:
            return False
        event = self._record().put(incoming, routing)
        if event is None:
            return True
        if event.routing.after is not None:
            return False
        self._serve(self.outbox or self.queue)(event, event.routing)
        names = {"event_id": event.event_id, "ingest_id": incoming.ingest_id}
        self.log.info("fanned_out", **names, matched=len(event.routing.matched))
        return True

    def in_turns(self, incoming: Incoming) -> InTurns:
        walk = Walk(self.route, incoming)
        return InTurns(incoming, walk, self.events, self._record(), self._serve(self.queue), self.log)

    def _record(self) -> Record:
        generations = Generations(self.events, self.clock, self.metrics, self.log, self.tally)
        return Record(generations, self.bodies, self.clock, self.retention)

    def _serve(self, queue: DeliveriesQueue) -> Serve:
        return Serve(self.deliveries, queue, self.clock, self.metrics, self.grace)
