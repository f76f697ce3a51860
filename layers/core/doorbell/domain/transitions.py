"""The delivery state machine: what an attempt's outcome makes of a delivery."""

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.domain.failures import GONE
from doorbell.domain.health import OWN_FAULTS, RETRY_AFTER_MAX_SECONDS, Health
from doorbell.domain.outbound import ROLE, Outcome
from doorbell.domain.quick import quick
from doorbell.domain.retry import RetryPolicy, gives_up, next_delay
from doorbell.domain.retry_after import retry_after_seconds


@quick
class Verdict:
    """`next_attempt_at` is set where `state` is pending, `reason` where it is exhausted or cancelled.
    `waits_until`: the endpoint is parked until then at least. `disable` is why the subscription must be
    switched off, or None."""

    state: State
    next_attempt_at: float | None = None
    waits_until: float | None = None
    reason: str | None = None
    disable: str | None = None


def succeeded(outcome: Outcome) -> bool:
    return outcome.is_success


def attempt_of(delivery: Delivery, outcome: Outcome, at: float) -> Attempt:
    return Attempt(
        number=delivery.next_attempt,
        at=at,
        duration_ms=outcome.duration_ms,
        status=outcome.status,
        error=outcome.error,
        detail=outcome.detail,
        response=outcome.response,
    )


EXPIRY_MARGIN_SECONDS = 24 * 3600.0
"""A delivery is given up this long before its item expires, so that how it ended can still be seen."""
LEAST_AGE_SECONDS = 3600.0


def kept_until(delivery: Delivery) -> float:
    """The latest end: never so late that the item would be removed while it is pending."""
    return max(delivery.expires_at - EXPIRY_MARGIN_SECONDS, delivery.created_at + LEAST_AGE_SECONDS)


def give_up_at(delivery: Delivery, retry: RetryPolicy) -> float:
    """The end of its age, in which no pause counts; it is kept no longer for that."""
    kept = kept_until(delivery)
    return kept if delivery.is_paused else min(_of_age_at(delivery, retry), kept)


def why_given_up(delivery: Delivery, retry: RetryPolicy) -> str:
    """At `give_up_at`: by its age, or as a pause outlasted what is kept."""
    outlasted = delivery.is_paused or _of_age_at(delivery, retry) > kept_until(delivery)
    return "retention" if delivery.paused_at is not None and outlasted else "age"


def _of_age_at(delivery: Delivery, retry: RetryPolicy) -> float:
    return delivery.created_at + delivery.paused_seconds + retry.max_age_hours * 3600


def too_old(delivery: Delivery, retry: RetryPolicy, now: float) -> bool:
    """Given up on age, even if a parked endpoint kept its first attempt from ever being made."""
    return now > give_up_at(delivery, retry)


def decide(
    delivery: Delivery, outcome: Outcome, retry: RetryPolicy, health: Health, *, now: float, rand: float
) -> Verdict:
    """What becomes of `delivery` after `outcome`; `health` is the endpoint's after the same outcome."""
    if succeeded(outcome):
        return Verdict(State.DELIVERED)
    if outcome.error is None and outcome.status == GONE:
        why = outcome.detail or "the subscriber answered 410 Gone"
        return Verdict(State.CANCELLED, reason="gone", disable=why)
    if outcome.error not in OWN_FAULTS and outcome.denied != ROLE and gives_up(retry, outcome):
        return Verdict(State.EXHAUSTED, reason="given_up")
    delay = next_delay(retry, delivery.next_attempt, rand)
    if delay is None:
        return Verdict(State.EXHAUSTED, reason="schedule")
    wanted = min(retry_after_seconds(outcome.retry_after, now=now), RETRY_AFTER_MAX_SECONDS)
    next_at, parked_until = max(now + delay, now + wanted), health.parked_until or 0.0
    if max(next_at, parked_until) > give_up_at(delivery, retry):
        return Verdict(State.EXHAUSTED, reason=why_given_up(delivery, retry))
    waits_until = parked_until if parked_until >= next_at else None
    return Verdict(State.PENDING, next_attempt_at=next_at, waits_until=waits_until)
