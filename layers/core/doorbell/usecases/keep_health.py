"""Keep health: what an attempt says of the endpoint is written down, and told where it parks or recovers."""

from dataclasses import dataclass, field

from doorbell.domain.clocks import CLOCKS, Clocks, Moment
from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import Health, after_attempt, of_url
from doorbell.domain.outbound import Outcome
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.ports import Clock, Endpoints, Metrics, Notices
from doorbell.usecases.waiting import Waiting

HEALTH_TRIES = 5
"""A health write that loses this many races is left to the next attempt: it is advice, but for the wake."""
ANSWERED_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Answered:
    """When endpoints last answered well, as this environment knows. An attempt begins with health that was
    read before, and one that succeeds where nothing was counted then writes nothing. So of a busy endpoint
    that fails now and then failures would add up to a row that is none."""

    clocks: Clocks = CLOCKS
    _last: dict[tuple[str, str], Moment] = field(default_factory=dict)

    def note(self, subscription: Subscription) -> None:
        if len(self._last) >= ANSWERED_AT_MOST:
            self._last.clear()
        self._last[subscription.endpoint_id, subscription.url] = self.clocks.now()

    def last(self, subscription: Subscription, now: float) -> float | None:
        """Epoch seconds, at the latest where a clock was set since."""
        at = self._last.get((subscription.endpoint_id, subscription.url))
        return None if at is None else now - self.clocks.age(at)


@dataclass(frozen=True, slots=True)
class KeepHealth:
    endpoints: Endpoints
    waiting: Waiting
    notices: Notices
    clock: Clock
    metrics: Metrics
    answered: Answered

    def __call__(
        self, delivery: Delivery, subscription: Subscription, seen: Health, outcome: Outcome
    ) -> Health:
        """Judge the newest health anew for every try; nothing is written where nothing changes."""
        endpoint_id, url = subscription.endpoint_id, subscription.url
        if outcome.is_success:
            self.answered.note(subscription)
        for _ in range(HEALTH_TRIES):
            wanted = self.judged(delivery, subscription, seen, outcome, self.clock())
            if wanted == seen:
                return seen
            if self.endpoints.write_health(endpoint_id, wanted):
                self._tell(endpoint_id, seen, wanted, outcome)
                self.waiting.tell(subscription, seen, wanted)
                return wanted
            seen = of_url(self.endpoints.health(endpoint_id), url)
        return seen

    def judged(
        self, delivery: Delivery, subscription: Subscription, health: Health, outcome: Outcome, now: float
    ) -> Health:
        url, ignores, lease = subscription.url, subscription.retry.breaker_ignores, delivery.lease
        assert lease is not None
        return after_attempt(
            health,
            outcome,
            url=url,
            now=now,
            lease_until=lease.until,
            ignores=ignores,
            answered_at=self.answered.last(subscription, now),
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
