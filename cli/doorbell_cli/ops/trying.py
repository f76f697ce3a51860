"""A test event's ways: why it cannot be sent, and what became of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from doorbell.domain import trials
from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import DoorbellError
from doorbell.domain.subscriptions import Subscription
from doorbell_cli.cells import clock
from doorbell_cli.configuration import endpoints
from doorbell_cli.target import Target
from doorbell_cli.trial import Trial

VERIFIED: Mapping[bool | None, str] = {
    True: "The receiver says that it verified the signature of this event.",
    False: "The receiver says that it verified another event than this.",
    None: "The receiver does not say whether it verified the signature. It can: see docs/receivers.md.",
}
"""What `says_verified` found."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why nothing would be sent to a subscription: its endpoint is parked, or it is disabled or paused. What
    to do about it differs by the tool, so each says that itself."""

    said: str
    why: trials.WhyNot


def why_not(target: Target, subscription: Subscription) -> WhyNot | None:
    """None: a test event would be sent."""
    name = subscription.endpoint_id
    health = endpoints(target).health(name)
    why = trials.why_not(subscription, health, time.time())
    match why:
        case None:
            return None
        case trials.WhyNot.DISABLED:
            said = f"is disabled ({subscription.disabled_reason or 'by hand'})"
        case trials.WhyNot.PAUSED:
            said = "is paused"
        case trials.WhyNot.PARKED:
            said = f"is parked until {clock(health.parked_until)} after {health.failures:,} failures"
    return WhyNot(f"{name} {said}.", why)


def fate(trial: Trial, delivery: Delivery | None, retry: bool) -> str:
    """What becomes of it from here, in words: without `retry` it is ended."""
    if delivery is not None and delivery.state.terminal:
        return delivery.state.value
    if retry:
        return "it is tried like any other delivery" + (
            f", {clock(delivery.next_attempt_at)}" if delivery else ""
        )
    try:
        ended = trial.give_up()
    except DoorbellError as error:
        return f"it could not be ended ({error}) and is tried like any other delivery"
    return "it is not tried again" if ended else "a worker has it right now; if that fails, it is tried again"
