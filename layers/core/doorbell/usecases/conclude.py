"""What follows an attempt, in the order in which a crash loses nothing: record, next message, health,
notice."""

from dataclasses import dataclass, replace

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.clocks import Plan, plan
from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.health import OWN_FAULTS, Health, after_failure, after_success, of_url, should_disable
from doorbell.domain.outbound import Outcome
from doorbell.domain.retry_after import retry_after_seconds
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

HEALTH_TRIES = 5
"""A health write that loses this many races is left to the next attempt: it is advice, not state."""


@dataclass(frozen=True, slots=True)
class Conclude:
    """`grace` in seconds: how long after a planned message the sweeper looks for it."""

    deliveries: Claims
    queue: DeliveriesQueue
    endpoints: Endpoints
    subscriptions: Subscriptions
    notices: Notices
    clock: Clock
    random: Random
    metrics: Metrics
    log: Log
    grace: float

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
            self._judge(delivery, subscription.url, seen, outcome, now),
            now=now,
            rand=self.random(),
        )
        attempt = attempt_of(delivery, outcome, at)
        after, step = self._after(replace(delivery, attempts=(*delivery.attempts, attempt)), verdict, now)
        recorded = self.deliveries.record(delivery, attempt, after)
        if recorded:
            self._count(delivery, outcome, verdict, now)
        self._tell(delivery, outcome, verdict, recorded)
        if recorded and step is not None:
            self.send_next(after, step)
        health = self._update_health(delivery, subscription, seen, outcome)
        failed = not succeeded(outcome) and outcome.error not in OWN_FAULTS
        if verdict.disable is not None:
            self._disable(subscription, verdict.disable)
        elif failed and should_disable(health, now):
            self._disable(subscription, "nothing but failure for five days")
        return recorded

    def end(self, delivery: Delivery, state: State, reason: str) -> bool:
        """A terminal state without an attempt; False as in `attempt`."""
        after, _ = self._after(delivery, Verdict(state, reason=reason), self.clock())
        if not self.deliveries.record(delivery, None, after):
            return False
        self.metrics.count(state.value.capitalize(), reason=reason)
        self.log.info("ended", event_id=delivery.key.event_id, state=state.value, reason=reason)
        if state is State.EXHAUSTED:
            self._tell_exhausted(delivery)
        return True

    def send_next(self, delivery: Delivery, step: Plan) -> None:
        """Unless the sweeper will."""
        if step.message_delay is not None:
            message = DeliveryMessage(delivery.key, delivery.tenant_id, delivery.next_attempt)
            self.queue.send([(message, step.message_delay)])

    def _after(self, delivery: Delivery, verdict: Verdict, now: float) -> tuple[Delivery, Plan | None]:
        if verdict.next_attempt_at is None:
            after = replace(
                delivery,
                state=verdict.state,
                lease=None,
                slot_at=None,
                due_at=None,
                ended_at=now,
                reason=verdict.reason,
            )
            return after, None
        step = plan(verdict.next_attempt_at, now=now, grace=self.grace)
        after = replace(
            delivery, lease=None, slot_at=None, next_attempt_at=step.next_attempt_at, due_at=step.due_at
        )
        return after, step

    def _judge(self, delivery: Delivery, url: str, health: Health, outcome: Outcome, now: float) -> Health:
        assert delivery.lease is not None
        if succeeded(outcome):
            return after_success(health, now)
        wanted, until = retry_after_seconds(outcome.retry_after, now=now), delivery.lease.until
        return after_failure(health, outcome, url=url, retry_after=wanted, now=now, lease_until=until)

    def _update_health(
        self, delivery: Delivery, subscription: Subscription, seen: Health, outcome: Outcome
    ) -> Health:
        """Judge the newest health anew for every try; nothing is written where nothing changes."""
        endpoint_id, url = subscription.endpoint_id, subscription.url
        for _ in range(HEALTH_TRIES):
            wanted = self._judge(delivery, url, seen, outcome, self.clock())
            if wanted == seen:
                return seen
            if self.endpoints.write_health(endpoint_id, wanted):
                self._tell_health(endpoint_id, seen, wanted)
                return wanted
            seen = of_url(self.endpoints.health(endpoint_id), url)
        return seen

    def _disable(self, subscription: Subscription, reason: str) -> None:
        """Whoever switches it on again, however that is done, finds its endpoint as new."""
        if self.subscriptions.disable(subscription, reason, self.clock()):
            self.metrics.count("Disabled")
            self._notice("subscription.disabled", subscription.endpoint_id, reason=reason)
            self.endpoints.reset(subscription.endpoint_id)

    def _count(self, delivery: Delivery, outcome: Outcome, verdict: Verdict, now: float) -> None:
        self.metrics.count("Attempts", result=outcome.error or f"{(outcome.status or 0) // 100}xx")
        if delivery.attempts_made:
            self.metrics.count("Retries")
        if verdict.state.terminal:
            self.metrics.count(verdict.state.value.capitalize())
        if verdict.state is State.DELIVERED and delivery.received_at is not None:
            self.metrics.measure("IngestToDelivery", max(0.0, now - delivery.received_at))

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
