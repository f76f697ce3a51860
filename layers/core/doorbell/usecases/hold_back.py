"""Hold back: what may not go now comes again later, or waits on its endpoint's list. Not an attempt: the
count stays."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from doorbell.domain.clocks import plan
from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import ConfigError
from doorbell.domain.holders import as_holder
from doorbell.domain.pauses import paused
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.admission import Healths
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.holds import PARKED_REACH_SECONDS, SLOT_LOOK_SECONDS, Hold
from doorbell.usecases.ports import Claims, Clock, Log, Metrics, Subscriptions
from doorbell.usecases.source_pauses import NONE_PAUSED, SourcePauses
from doorbell.usecases.tally_deliveries import tally_hold
from doorbell.usecases.waiting import Waiting


@dataclass(frozen=True, slots=True)
class HoldBack:
    """Each call is False where the claim was lost."""

    deliveries: Claims
    subscriptions: Subscriptions
    healths: Healths
    conclude: Conclude
    waiting: Waiting
    clock: Clock
    metrics: Metrics
    log: Log
    pauses: SourcePauses = NONE_PAUSED

    def __call__(self, delivery: Delivery, subscription: Subscription, hold: Hold) -> bool:
        if hold.waits:
            return self._file(delivery, subscription, hold)
        return self._postpone(delivery, delivery, hold)

    def in_pause(self, delivery: Delivery, subscription: Subscription) -> bool:
        """Costs two strong reads of the subscription beside what filing costs: before it is filed, and after.
        Who read it before it was resumed may file behind those who empty the list."""
        return self._in_pause(delivery, subscription, lambda: self._was_resumed(subscription))

    def in_pause_of_source(self, delivery: Delivery, subscription: Subscription, source_id: str) -> bool:
        """The same, on the list of the source. What is known of the endpoint's failures grows no older."""
        holder = as_holder(source_id, subscription, paused=True)
        if not self._in_pause(delivery, holder, lambda: not self.pauses.is_paused(source_id)):
            return False
        self._forget_since_when_it_fails(subscription)
        return True

    def _in_pause(self, delivery: Delivery, holder: Subscription, is_over: Callable[[], bool]) -> bool:
        now = self.clock()
        if not self.waiting.is_open():
            hold = Hold(now + SLOT_LOOK_SECONDS, "paused", reach=PARKED_REACH_SECONDS)
            return self._postpone(delivery, paused(delivery, now), hold)
        if not self._file(delivery, holder, Hold(now, "paused", waits=True)):
            return False
        if is_over():
            self.waiting.release(delivery, self.clock())
        return True

    def _forget_since_when_it_fails(self, subscription: Subscription) -> None:
        """The five days of nothing but failure do not run while nobody may try. Who loses that write leaves
        it to the next that is filed."""
        seen = self.healths.health(subscription.endpoint_id)
        if seen.failing_since is not None:
            self.conclude.endpoints.write_health(subscription.endpoint_id, replace(seen, failing_since=None))

    def _was_resumed(self, subscription: Subscription) -> bool:
        """By now; or it is off, or gone, and nothing waits for that either."""
        with suppress(ConfigError):
            found = self.subscriptions.get(subscription.tenant_id, subscription.subscription_id, fresh=True)
            return found is None or not found.enabled or not found.paused
        return False

    def _postpone(self, delivery: Delivery, marked: Delivery, hold: Hold) -> bool:
        """The plan moves. `marked`: the delivery, or the same as a pause holds it."""
        now = self.clock()
        step = plan(hold.until, now=now, grace=self.conclude.grace, reach=hold.reach)
        after = marked.freed(
            slot_at=hold.slot_at,
            slot_rate=hold.slot_rate,
            turn_at=hold.turn_at,
            next_attempt_at=step.next_attempt_at,
            due_at=step.due_at,
        )
        if not self.deliveries.record(delivery, None, after):
            return False
        self.conclude.send_next(after, step)
        self._held(delivery, hold)
        return True

    def _file(self, delivery: Delivery, subscription: Subscription, hold: Hold) -> bool:
        """It waits on the endpoint's list, without a message and without a plan."""
        self.waiting.awake(subscription, self.healths.health(subscription.endpoint_id))
        after = self.waiting.filed(delivery, subscription)
        if not self.deliveries.record(delivery, None, after):
            return False
        self._held(delivery, hold)
        self.waiting.settle(after, subscription)
        return True

    def _held(self, delivery: Delivery, hold: Hold) -> None:
        tally_hold(self.conclude.tally, self.metrics, delivery, hold.reason, self.clock())
        self.log.info("held", **names(delivery), reason=hold.reason, until=hold.until)


def names(delivery: Delivery) -> dict[str, object]:
    return {
        "event_id": delivery.key.event_id,
        "subscription_id": delivery.key.subscription_id,
        "generation": delivery.key.generation,
        "attempt": delivery.next_attempt,
    }
