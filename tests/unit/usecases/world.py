"""The use cases over in-memory ports: one world with one clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.health import Health
from doorbell.domain.outbound import Outcome
from doorbell.domain.records import Incoming
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.admission import Admission
from doorbell.usecases.attempt_details import Keeping, keep_none
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.look import Look
from doorbell.usecases.pausing import Pausing
from doorbell.usecases.prepare import Prepare
from doorbell.usecases.replay import Replay
from doorbell.usecases.route import Route
from doorbell.usecases.source_pauses import SourcePauses
from doorbell.usecases.sweep import Sweep
from doorbell.usecases.tally import Tally
from doorbell.usecases.waiting import Waiting
from tests.support import fakes
from tests.support.builders import TENANT, a_delivery, a_stored_event

GRACE = 900.0
RETENTION = 30 * 86_400


@dataclass
class World:
    """`faults` reach the events, the deliveries and their queue."""

    faults: fakes.Faults = field(default_factory=fakes.Faults)
    clock: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    sender: fakes.FakeSender = field(default_factory=fakes.FakeSender)
    composer: fakes.FakeComposer = field(default_factory=fakes.FakeComposer)
    filters: fakes.FakeFilters = field(default_factory=fakes.FakeFilters)
    endpoints: fakes.FakeEndpoints = field(default_factory=fakes.FakeEndpoints)
    subscriptions: fakes.FakeSubscriptions = field(default_factory=fakes.FakeSubscriptions)
    sources: fakes.FakeSourcePauses = field(default_factory=fakes.FakeSourcePauses)
    notices: fakes.RecordingNotices = field(default_factory=fakes.RecordingNotices)
    metrics: fakes.RecordingMetrics = field(default_factory=fakes.RecordingMetrics)
    log: fakes.RecordingLog = field(default_factory=fakes.RecordingLog)
    bodies: fakes.FakeBodies = field(default_factory=fakes.FakeBodies)
    ids: fakes.Sequential = field(default_factory=fakes.Sequential)
    tally: Tally = field(default_factory=Tally)
    keep_details: Keeping = keep_none
    rand: float = 0.5
    in_queue: int = 0
    few: int = 1

    def __post_init__(self) -> None:
        self.events = fakes.FakeEvents(self.faults)
        self.deliveries = fakes.FakeDeliveries(self.faults)
        self.queue = fakes.FakeDeliveriesQueue(self.faults)
        self.index = fakes.FakeDueIndex(self.deliveries)
        self.shelves = fakes.FakeShelves(self.deliveries)

    def fan_out(self, incoming: Incoming) -> None:
        FanOut(
            route=Route(self.subscriptions, self.bodies, self.filters, self.clock, self.metrics, self.few),
            events=self.events,
            deliveries=self.deliveries,
            queue=self.queue,
            bodies=self.bodies,
            clock=self.clock,
            metrics=self.metrics,
            log=self.log,
            retention=RETENTION,
            grace=GRACE,
            tally=self.tally,
        )(incoming)

    def deliver(
        self, message: DeliveryMessage, *, redelivered: bool = False, time_left: float = 60.0
    ) -> None:
        waiting = Waiting(self.endpoints, self.shelves, self.queue, self.clock)
        conclude = Conclude(
            waiting=waiting,
            deliveries=self.deliveries,
            queue=self.queue,
            endpoints=self.endpoints,
            subscriptions=self.subscriptions,
            notices=self.notices,
            clock=self.clock,
            random=lambda: self.rand,
            metrics=self.metrics,
            log=self.log,
            grace=GRACE,
            tally=self.tally,
        )
        Deliver(
            deliveries=self.deliveries,
            subscriptions=self.subscriptions,
            waiting=waiting,
            admission=Admission(self.endpoints, self.shelves.ready),
            prepare=Prepare(self.events, self.bodies, self.composer, self.clock),
            sender=self.sender,
            conclude=conclude,
            clock=self.clock,
            ids=self.ids,
            metrics=self.metrics,
            log=self.log,
            keep_details=self.keep_details,
            pauses=SourcePauses(self.sources),
        )(message, redelivered=redelivered, time_left=time_left)

    def look(self, call: WakeCall) -> None:
        Look(
            endpoints=self.endpoints,
            subscriptions=self.subscriptions,
            shelves=self.shelves,
            pausing=Pausing(self.endpoints, self.shelves, self.deliveries, self.notices, self.log),
            queue=self.queue,
            clock=self.clock,
            metrics=self.metrics,
            log=self.log,
            grace=GRACE,
            pauses=SourcePauses(self.sources),
        )(call)

    def sweep(self, stop_at: float = float("inf"), grace: float = GRACE) -> int:
        return Sweep(
            index=self.index,
            deliveries=self.deliveries,
            queue=self.queue,
            clock=self.clock,
            metrics=self.metrics,
            log=self.log,
            grace=grace,
            each=map,
            waiting=lambda: self.in_queue,
        )(stop_at=stop_at)

    def inspect(self) -> Inspect:
        return Inspect(fakes.FakeStories(self.events, self.deliveries))

    def replay(self, event_id: str, subscription_id: str) -> Delivery:
        return Replay(self.inspect(), self.deliveries, self.queue, self.clock, self.metrics, self.log, GRACE)(
            event_id, subscription_id
        )

    def with_pending(self, subscription: Subscription, *, event_id: str = "evt_1") -> DeliveryMessage:
        """A stored event, `subscription`, a delivery that is due now, and its message."""
        self.subscriptions.put(subscription)
        self.events.items[event_id] = a_stored_event(event_id=event_id)
        key = DeliveryKey(event_id, subscription.subscription_id)
        now = self.clock()
        self.deliveries.items[key] = a_delivery(
            key=key, created_at=now, next_attempt_at=now, due_at=now + GRACE
        )
        return DeliveryMessage(key, TENANT, 1)

    def delivery(self, message: DeliveryMessage) -> Delivery:
        return self.deliveries.items[message.key]

    def health(self, subscription: Subscription) -> Health:
        return self.endpoints.health(subscription.endpoint_id)

    def states(self) -> list[State]:
        return [delivery.state for delivery in self.deliveries.items.values()]

    def take_message(self) -> tuple[DeliveryMessage, int]:
        """The oldest message; the clock moves by its delay."""
        message, delay = self.queue.sent.pop(0)
        self.clock.advance(delay)
        return message, delay


def answering(*outcomes: Outcome | BaseException) -> World:
    return World(sender=fakes.FakeSender(*outcomes))
