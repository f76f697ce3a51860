"""What an attempt adds to the roll-up of its subscription."""

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.failures import NETWORK, NETWORK_ERRORS
from doorbell.domain.health import OWN_FAULTS
from doorbell.domain.outbound import Outcome
from doorbell.domain.rollups import ANSWER, FAILED, LATENCY, Counts
from doorbell.domain.scales import bucket_of

DOORBELL = "doorbell"
"""The class of failures that are Doorbell's own, or its configuration's."""
TOO_MANY = 429


def of_attempt(delivery: Delivery, outcome: Outcome, state: State, now: float) -> Counts:
    """`state`: the delivery's after it. The time of every answer is measured, whatever the answer says."""
    counts = dict(of_end(state))
    if outcome.status is not None:
        counts[f"{ANSWER}{bucket_of(outcome.duration_ms / 1000)}"] = 1
    if not outcome.is_success:
        counts[FAILED + class_of(outcome)] = 1
    elif delivery.received_at is not None:
        counts[f"{LATENCY}{bucket_of(max(0.0, now - delivery.received_at))}"] = 1
    return counts


def of_end(state: State) -> Counts:
    return {state.value: 1} if state.terminal else {}


def class_of(failure: Outcome) -> str:
    """One word: a class of statuses, `429`, `timeout`, `network`, `doorbell`, or the guard's own code."""
    if failure.error is None:
        return str(TOO_MANY) if failure.status == TOO_MANY else f"{(failure.status or 0) // 100}xx"
    if failure.error in OWN_FAULTS:
        return DOORBELL
    return NETWORK if failure.error in NETWORK_ERRORS else failure.error
