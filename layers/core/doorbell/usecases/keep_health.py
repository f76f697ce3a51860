"""Keep health: what an attempt says of the endpoint is written down, and told where it parks or recovers."""

from dataclasses import dataclass

from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import Health, after_attempt, of_url
from doorbell.domain.outbound import Outcome
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.ports import Clock, Endpoints, Metrics, Notices
from doorbell.usecases.waiting import Waiting

HEALTH_TRIES = 5
"""A health write that loses this many races is left to the next attempt: it is advice, but for the wake."""


@dataclass(frozen=True, slots=True)
class KeepHealth:
    endpoints: Endpoints
    waiting: Waiting
    notices: Notices
    clock: Clock
    metrics: Metrics

    def __call__(
        self, delivery: Delivery, subscription: Subscription, seen: Health, outcome: Outcome
    ) -> Health:
        """Judge the newest health anew for every try; nothing is written where nothing changes."""
        endpoint_id, url, known = subscription.endpoint_id, subscription.url, seen
        for _ in range(HEALTH_TRIES):
            wanted = self.judged(delivery, subscription, seen, outcome, self.clock(), known)
            if wanted == seen:
                return seen
            if self.endpoints.write_health(endpoint_id, wanted):
                self._tell(endpoint_id, seen, wanted, outcome)
                self.waiting.tell(subscription, seen, wanted)
                return wanted
            seen = of_url(self.endpoints.health(endpoint_id), url)
        return seen

    def judged(
        self,
        delivery: Delivery,
        subscription: Subscription,
        health: Health,
        outcome: Outcome,
        now: float,
        known: Health | None = None,
    ) -> Health:
        """`known`: with which the attempt began; None: `health`."""
        url, ignores, lease = subscription.url, subscription.retry.breaker_ignores, delivery.lease
        assert lease is not None
        return after_attempt(
            health, outcome, url=url, now=now, lease_until=lease.until, ignores=ignores, known=known
        )

    def _tell(self, endpoint_id: str, before: Health, now: Health, outcome: Outcome) -> None:
        if now.parks > before.parks:
            self.metrics.count("Parked")
        if now.parks > before.parks == 0:
            cause = outcome.error or str(outcome.status)
            problem = {"problem": outcome.detail} if outcome.denied else {}
            told = {"endpoint": endpoint_id, "until": now.parked_until, "cause": cause, **problem}
            self.notices.publish("endpoint.parked", told)
        if now.parked_until is None and before.parked_until is not None:
            self.notices.publish("endpoint.recovered", {"endpoint": endpoint_id})
