"""What follows an attempt, in the order in which a crash loses nothing: record, next message, health,
notice."""

from dataclasses import dataclass, replace

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.clocks import Plan, plan
from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.health import Health, after_attempt, disables, of_url
from doorbell.domain.outbound import Outcome
from doorbell.domain.subscriptions import Subscription, scoped
from doorbell.domain.transitions import Verdict, attempt_of, decide, succeeded
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
from doorbell.usecases.waiting import Waiting

HEALTH_TRIES = 5
"""A health write that loses this many races is left to the next attempt: it is advice, but for the wake."""


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
        now = self.clock()
        verdict = decide(
            delivery,
            outcome,
            subscription.retry,
            self._judge(delivery, subscription, seen, outcome, now),
            now=now,
            rand=self.random(),
        )
        attempt = attempt_of(delivery, outcome, at)
        made = replace(delivery, attempts=(*delivery.attempts, attempt))
        after, step = self._after(made, verdict, now, subscription)
        recorded = self.deliveries.record(delivery, attempt, after)
        if recorded:
            tally_attempt(self.tally, self.metrics, delivery, outcome, verdict.state, now)
        self._tell(delivery, outcome, verdict, recorded)
        if recorded and step is not None:
            self.send_next(after, step)
        health = self._update_health(delivery, subscription, seen, outcome)
        if recorded and after.waits:
            self.waiting.settle(after, subscription)
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
        free = replace(delivery.off_the_shelf(), lease=None, slot_at=None, slot_rate=None, turn_at=None)
        if verdict.next_attempt_at is None:
            reason = verdict.reason
            return replace(free, state=verdict.state, due_at=None, ended_at=now, reason=reason), None
        if verdict.waits_until is not None and subscription and subscription.url and self.waiting.is_open():
            planned = replace(delivery, next_attempt_at=verdict.next_attempt_at)
            return self.waiting.filed(planned, subscription), None
        step = plan(verdict.waits_until or verdict.next_attempt_at, now=now, grace=self.grace)
        return replace(free, next_attempt_at=step.next_attempt_at, due_at=step.due_at), step

    def _judge(
        self, delivery: Delivery, subscription: Subscription, health: Health, outcome: Outcome, now: float
    ) -> Health:
        url, ignores, lease = subscription.url, subscription.retry.breaker_ignores, delivery.lease
        assert lease is not None
        return after_attempt(health, outcome, url=url, now=now, lease_until=lease.until, ignores=ignores)

    def _update_health(
        self, delivery: Delivery, subscription: Subscription, seen: Health, outcome: Outcome
    ) -> Health:
        """Judge the newest health anew for every try; nothing is written where nothing changes."""
        endpoint_id, url = subscription.endpoint_id, subscription.url
        for _ in range(HEALTH_TRIES):
            wanted = self._judge(delivery, subscription, seen, outcome, self.clock())
            if wanted == seen:
                return seen
            if self.endpoints.write_health(endpoint_id, wanted):
                self._tell_health(endpoint_id, seen, wanted)
                self.waiting.tell(subscription, seen, wanted)
                return wanted
            seen = of_url(self.endpoints.health(endpoint_id), url)
        return seen

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

    def _tell_health(self, endpoint_id: str, before: Health, now: Health) -> None:
        if now.parks > before.parks:
            self.metrics.count("Parked")
        if now.parks > before.parks == 0:
            self._notice("endpoint.parked", endpoint_id, until=now.parked_until)
        if now.parked_until is None and before.parked_until is not None:
            self._notice("endpoint.recovered", endpoint_id)

    def _notice(self, kind: str, endpoint_id: str, **detail: object) -> None:
        self.notices.publish(kind, {"endpoint": endpoint_id, **detail})
