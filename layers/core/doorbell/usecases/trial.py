"""A test event: made with one delivery, passed by fan-out so that nobody else hears of it, and ended after
one try. The rest is the way of every delivery.

Costs: an event and a delivery as any; a strongly consistent read a look; to end one that was not delivered
two writes more, the claim and the end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.claims import DeliveryMessage, Lost, Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease
from doorbell.domain.records import StoredEvent
from doorbell.domain.trial_jobs import TrialJob
from doorbell.domain.trials import LEASE_SECONDS, given_up, trial_delivery, trial_event
from doorbell.usecases.ports import Clock, DeliveriesQueue, Ids


class Events(Protocol):
    def put_new(self, event: StoredEvent) -> StoredEvent | None: ...


class Deliveries(Protocol):
    def create(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]: ...
    def claim(
        self, key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool = False
    ) -> Won | Lost: ...
    def record(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool: ...


type Reads = Callable[[Sequence[DeliveryKey]], Mapping[DeliveryKey, Delivery]]


@dataclass(frozen=True, slots=True)
class Trials:
    """`grace`: in seconds, how long after the message the sweeper looks for the delivery. `kept`: for how
    many seconds events are."""

    events: Events
    deliveries: Deliveries
    by_key: Reads
    queue: DeliveriesQueue
    clock: Clock
    ids: Ids
    grace: float
    kept: float

    def start(self, event: StoredEvent, key: DeliveryKey) -> None:
        """The event on record and one delivery of it queued. Done again it is there already, and a message
        too many finds nothing to do."""
        delivery = trial_delivery(event, key, self.clock(), self.grace)
        self.events.put_new(event)
        self.deliveries.create([delivery])
        self.queue.send([(DeliveryMessage(key, delivery.tenant_id, 1), 0)])

    def delivery(self, key: DeliveryKey) -> Delivery | None:
        return self.by_key([key]).get(key)

    def end(self, key: DeliveryKey) -> Delivery | None:
        """As it has ended, now or before: a test is not tried for days. None: it was never made, or a worker
        has it right now and it is left alone. The claim is made for the time of its next attempt, so that a
        dispatcher's lease on it is respected; it lasts by the clock of now, so that who dies before the end
        is on record keeps nobody from it for long."""
        delivery = self.delivery(key)
        if delivery is None or delivery.state.terminal:
            return delivery
        now = self.clock()
        at = max(now, delivery.next_attempt_at)
        lease = Lease(self.ids(), now + LEASE_SECONDS)
        claim = self.deliveries.claim(key, delivery.next_attempt, lease, at, release=delivery.waits)
        if isinstance(claim, Lost):
            return None
        ended = given_up(claim.delivery, now)
        return ended if self.deliveries.record(claim.delivery, None, ended) else None

    def let_go(self, work: TrialJob, *, may_be_made: bool) -> None:
        """Of one whose job has ended before it: it is not tried again. `may_be_made`: a worker may be about
        to make it, and may die then; so it is put there as ended, and whoever makes it finds it so."""
        if self.end(work.key) is not None or not may_be_made or work.made_at is not None:
            return
        now = self.clock()
        event = self._event(work, now)
        ended = given_up(trial_delivery(event, work.key, now, self.grace), now)
        self.events.put_new(event)
        if self.deliveries.create([ended]) != [None]:  # the worker was faster
            self.end(work.key)

    def page(self, work: TrialJob) -> TrialJob:
        """One step more: it is made, or looked at. Not saved."""
        now, key = self.clock(), work.key
        if work.made_at is None:
            self.start(self._event(work, now), key)
            return work.made(now)
        delivery = self.delivery(key)
        if delivery is None or delivery.state.terminal:
            return work.ended(delivery, now)
        resting = work.rested(delivery, now)
        if delivery.attempts or now >= work.selection.until:
            ended = self.end(key)
            return resting if ended is None else resting.ended(ended, now)
        return resting

    def _event(self, work: TrialJob, now: float) -> StoredEvent:
        tenant_id = work.selection.tenant_id
        body = work.body.encode()
        return trial_event(work.key, tenant_id, work.job_id, work.event_type, body, now, self.kept)
