"""Replay: a new delivery generation of an event; history stays as it is, the `webhook-id` too."""

from dataclasses import dataclass

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.errors import Refusal
from doorbell.domain.sources import ID
from doorbell.usecases.inspect import Inspect, Story
from doorbell.usecases.ports import Clock, Deliveries, DeliveriesQueue, Log, Metrics

SAME_MOMENT_SECONDS = 0.001
"""Two who replay within it are taken for one: both send a message, and one claim is made."""
KEPT_SECONDS = 7 * 24 * 3600.0
"""A replay's own record is kept at least this long, also where its event expires sooner."""


@dataclass(frozen=True, slots=True)
class Replay:
    inspect: Inspect
    deliveries: Deliveries
    queue: DeliveriesQueue
    clock: Clock
    metrics: Metrics
    log: Log
    grace: float

    def __call__(self, event_id: str, subscription_id: str) -> Delivery:
        """The new delivery. Refuses what `plan` refuses, and (409) what somebody else replayed meanwhile."""
        delivery = self.plan(event_id, subscription_id)
        (there,) = self.deliveries.create([delivery])
        if there is not None and not _is_ours(there, delivery):
            raise Refusal(409, "delivery_pending", "somebody replayed this at the same time")
        self.queue.send([(DeliveryMessage(delivery.key, delivery.tenant_id, 1), 0)])
        self.metrics.count("Replayed")
        generation = delivery.key.generation
        self.log.info("replayed", event_id=event_id, subscription_id=subscription_id, generation=generation)
        return delivery

    def plan(self, event_id: str, subscription_id: str) -> Delivery:
        """The delivery that would be made, by reading alone. Refuses (404) an event that is not kept, (409)
        one still under way there, and (422) what cannot be a subscription's id.

        A subscription that did not match then can be named too: that is how a forgotten one is served.
        Generation 0 stays what fan-out promised, so the ledger's count of it is not disturbed.
        """
        if not ID.fullmatch(subscription_id):
            raise Refusal(422, "no_such_id", "a subscription's id has letters, digits and _ . - only")
        story = self.inspect(event_id)
        earlier = [d for d in story.deliveries if d.key.subscription_id == subscription_id]
        under_way = any(d.state is State.PENDING for d in earlier)
        if under_way or (not earlier and _promised(story, subscription_id)):
            raise Refusal(409, "delivery_pending", "a delivery to this subscription is still under way")
        generation = max((d.key.generation for d in earlier), default=0) + 1
        now = self.clock()
        return Delivery(
            key=DeliveryKey(story.event.event_id, subscription_id, generation),
            tenant_id=story.event.incoming.tenant_id,
            state=State.PENDING,
            created_at=now,
            next_attempt_at=now,
            due_at=now + self.grace,
            expires_at=max(story.event.expires_at, int(now + KEPT_SECONDS)),
            event_type=story.event.incoming.event_type,
        )


def _is_ours(there: Delivery, wanted: Delivery) -> bool:
    """Whether what is there is what was to be put: put before its answer was lost, and then put again."""
    same_moment = abs(there.created_at - wanted.created_at) < SAME_MOMENT_SECONDS
    return (
        there.key == wanted.key and same_moment and there.state is State.PENDING and not there.attempts_made
    )


def _promised(story: Story, subscription_id: str) -> bool:
    """Whether fan-out is still to make the first delivery to it."""
    routing = story.event.routing
    return subscription_id in routing.matched or routing.after is not None
