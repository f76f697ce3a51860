"""A test event's ways: why it cannot be sent, what became of it, and what to do about an answer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.domain.errors import DoorbellError
from doorbell.domain.health import Circuit
from doorbell.domain.subscriptions import Subscription
from doorbell_cli.cells import clock
from doorbell_cli.configuration import endpoints
from doorbell_cli.target import Target
from doorbell_cli.trial import Trial

ADVICE: Mapping[str | int, str] = {
    401: "The subscriber refuses the signature. Does it have the present secret?",
    403: "The subscriber forbids it. Does it have an allow-list of addresses, or is a credential missing?",
    404: "There is nothing at this URL.",
    405: "Nothing accepts a POST at this URL.",
    410: "The subscriber wants no more events. The subscription is disabled now.",
    "address_refused": "Doorbell never calls private addresses.",
    "connect_failed": "Nothing listens there, or a firewall is in between.",
    "dns_failed": "The host name cannot be resolved.",
    "timeout": "The subscriber was too slow. It should answer first and work later.",
    "tls_failed": "Check the subscriber's certificate, or the subscription's ca_bundle_ref.",
    "target_refused": "See the parameters TargetArns, TargetTenants and TargetRoleArns of the stack.",
    "secret_missing": "`doorbell check` says which secret is missing.",
}
"""By status or error."""


def advice(attempt: Attempt) -> str:
    """ "" where there is none to give, or where the answer of a target says what to do."""
    if attempt.is_success or (attempt.error is None and attempt.detail):
        return ""
    return ADVICE.get(attempt.error or attempt.status or 0, "")


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why nothing would be sent to a subscription: its endpoint is parked, or it is disabled. What to do
    about it differs by the tool, so each says that itself."""

    said: str
    parked: bool


def why_not(target: Target, subscription: Subscription) -> WhyNot | None:
    """None: a test event would be sent."""
    name = subscription.endpoint_id
    if not subscription.enabled:
        return WhyNot(f"{name} is disabled ({subscription.disabled_reason or 'by hand'}).", parked=False)
    health = endpoints(target).health(name)
    if health.circuit(time.time()) is Circuit.OPEN:
        until, failures = clock(health.parked_until), f"{health.failures:,} failures"
        return WhyNot(f"{name} is parked until {until} after {failures}.", parked=True)
    return None


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
