"""What follows an attempt, in the order in which a crash loses nothing: record, next message, health,
notice. Where the endpoint is parked, and the delivery waits on its list from then on: health, which has the
list's wake, then record."""

from dataclasses import dataclass

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.clocks import Plan, plan
from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.errors import Unavailable
from doorbell.domain.health import Health, disables
from doorbell.domain.outbound import Outcome
from doorbell.domain.quick import changed
from doorbell.domain.subscriptions import Subscription, scoped
from doorbell.domain.transitions import Verdict, attempt_of, decide, succeeded
from doorbell.usecases.keep_health import KeepHealth
from doorbell.usecases.ports import (
    Claims,
    Clock,
    DeliveriesQueue,
    Endpoints,
    Log,
    Metrics,
    Notices,
    Random,
    Subscriptions,
)
from doorbell.usecases.tally import NOTHING, Tally
from doorbell.usecases.tally_deliveries import tally_attempt, tally_end
from doorbell.usecases.tell_denied import tell_denied
from doorbell.usecases.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Conclude:
    """`grace` in seconds: how long after a planned message the sweeper looks for it."""

    deliveries: Claims
    queue: DeliveriesQueue
    endpoints: Endpoints
    subscriptions: Subscriptions
    notices: Notices
    waiting: Waiting
    clock: Clock
    random: Random
    metrics: Metrics
    log: Log
    grace: float
    tally: Tally = NOTHING

    def attempt(
        self, delivery: Delivery, subscription: Subscription, outcome: Outcome, seen: Health, at: float
    ) -> bool:
        """`seen` is the endpoint's health before the attempt, `at` when it began. False: not on record, as
        the claim was not ours any more."""
        now, keep_health = self.clock(), self._health
        verdict = decide(
            delivery,
            outcome,
            subscription.retry,
            keep_health.judged(delivery, subscription, seen, outcome, now),
            now=now,
            rand=self.random(),
        )
        attempt = attempt_of(delivery, outcome, at)
        made = changed(delivery, attempts=(*delivery.attempts, attempt))
        waits = verdict.waits_until is not None and bool(subscription.url) and self.waiting.is_open()
        early = self._before_filing(delivery, subscription, seen, outcome) if waits else None
        after, step = self._after(made, verdict, now, subscription if isinstance(early, Health) else None)
        recorded = self.deliveries.record(delivery, attempt, after)
        if recorded:
            tally_attempt(self.tally, self.metrics, delivery, outcome, verdict.state, now)
        self._tell(delivery, outcome, verdict, recorded)
        if recorded and step is not None:
            self.send_next(after, step)
        if isinstance(early, Unavailable):
            raise early
        health = early or keep_health(delivery, subscription, seen, outcome)
        if recorded and after.waits:
            self.waiting.settle(after, subscription)
        if recorded:
            tell_denied(self.metrics, self.log, self.notices, subscription, outcome, health)
        ignores, failed = subscription.retry.breaker_ignores, not succeeded(outcome)
        if verdict.disable is not None:
            self._disable(subscription, verdict.disable)
        elif failed and disables(health, outcome, ignores, now):
            self._disable(subscription, "nothing but failure for five days")
        return recorded

    def end(self, delivery: Delivery, state: State, reason: str) -> bool:
        """A terminal state without an attempt; False as in `attempt`."""
        now = self.clock()
        after, _ = self._after(delivery, Verdict(state, reason=reason), now)
        if not self.deliveries.record(delivery, None, after):
            return False
        tally_end(self.tally, self.metrics, delivery, state, reason, now)
        self.log.info("ended", event_id=delivery.key.event_id, state=state.value, reason=reason)
        if state is State.EXHAUSTED:
            self._tell_exhausted(delivery)
        return True

    def send_next(self, delivery: Delivery, step: Plan) -> None:
        """Unless the sweeper will."""
        if step.message_delay is not None:
            number, release = delivery.next_attempt, delivery.waits
            message = DeliveryMessage(delivery.key, delivery.tenant_id, number, release)
            self.queue.send([(message, step.message_delay)])

    def _after(
        self, delivery: Delivery, verdict: Verdict, now: float, subscription: Subscription | None = None
    ) -> tuple[Delivery, Plan | None]:
        """With `subscription` it waits on the list of that one's endpoint."""
        if verdict.next_attempt_at is None:
            return delivery.freed(state=verdict.state, due_at=None, ended_at=now, reason=verdict.reason), None
        if subscription is not None:
            planned = changed(delivery, next_attempt_at=verdict.next_attempt_at)
            return self.waiting.filed(planned, subscription), None
        step = plan(verdict.waits_until or verdict.next_attempt_at, now=now, grace=self.grace)
        return delivery.freed(next_attempt_at=step.next_attempt_at, due_at=step.due_at), step

    def _before_filing(
        self, delivery: Delivery, subscription: Subscription, seen: Health, outcome: Outcome
    ) -> Health | Unavailable:
        """Why its list has no wake, perhaps: then it is not filed, but on record all the same."""
        try:
            health = self._health(delivery, subscription, seen, outcome)
            self.waiting.awake(subscription, health)
        except Unavailable as error:
            return error
        return health

    @property
    def _health(self) -> KeepHealth:
        return KeepHealth(self.endpoints, self.waiting, self.notices, self.clock, self.metrics)

    def _disable(self, subscription: Subscription, reason: str) -> None:
        """Whoever switches it on again, however that is done, finds its endpoint as new."""
        if self.subscriptions.disable(subscription, reason, self.clock()):
            self.metrics.count("Disabled")
            self._notice("subscription.disabled", subscription.endpoint_id, reason=reason)
            self.endpoints.reset(subscription.endpoint_id)

    def _tell(self, delivery: Delivery, outcome: Outcome, verdict: Verdict, recorded: bool) -> None:
        """One wide line per attempt."""
        if recorded and verdict.state is State.EXHAUSTED:
            self._tell_exhausted(delivery)
        self.log.info(
            "attempt" if recorded else "attempt_after_lost_claim",
            event_id=delivery.key.event_id,
            subscription_id=delivery.key.subscription_id,
            generation=delivery.key.generation,
            attempt=delivery.next_attempt,
            status=outcome.status,
            error=outcome.error,
            duration_ms=outcome.duration_ms,
            state=verdict.state.value,
            next_attempt_at=verdict.next_attempt_at,
        )

    def _tell_exhausted(self, delivery: Delivery) -> None:
        name = scoped(delivery.tenant_id, delivery.key.subscription_id)
        self._notice("delivery.exhausted", name, event_id=delivery.key.event_id)

    def _notice(self, kind: str, endpoint_id: str, **detail: object) -> None:
        self.notices.publish(kind, {"endpoint": endpoint_id, **detail})
