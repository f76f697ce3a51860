"""Tally deliveries: what is on record of one is counted, in the metrics of all and for its subscription."""

from doorbell.domain.attempt_counts import of_attempt, of_end
from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.outbound import Outcome
from doorbell.domain.rollups import HELD, Holder, Kind
from doorbell.domain.transitions import succeeded
from doorbell.usecases.ports import Metrics
from doorbell.usecases.tally import Tally


def tally_attempt(
    tally: Tally, metrics: Metrics, delivery: Delivery, outcome: Outcome, state: State, now: float
) -> None:
    """`state`: the delivery's after it."""
    result = "2xx" if succeeded(outcome) else outcome.error or f"{(outcome.status or 0) // 100}xx"
    metrics.count("Attempts", result=result)
    if delivery.attempts_made:
        metrics.count("Retries")
    if state.terminal:
        metrics.count(state.value.capitalize())
    if state is State.DELIVERED and delivery.received_at is not None:
        metrics.measure("IngestToDelivery", max(0.0, now - delivery.received_at))
    tally.add(_holder(delivery), now, of_attempt(delivery, outcome, state, now))


def tally_end(
    tally: Tally, metrics: Metrics, delivery: Delivery, state: State, reason: str, now: float
) -> None:
    """Without an attempt."""
    metrics.count(state.value.capitalize(), reason=reason)
    tally.add(_holder(delivery), now, of_end(state))


def tally_hold(tally: Tally, metrics: Metrics, delivery: Delivery, reason: str, now: float) -> None:
    metrics.count("Held", reason=reason)
    tally.add(_holder(delivery), now, {HELD + reason: 1})


def _holder(delivery: Delivery) -> Holder:
    return Holder(Kind.SUBSCRIPTION, delivery.tenant_id, delivery.key.subscription_id)
