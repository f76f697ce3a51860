"""Tell denied: AWS says that a permission is missing. Until somebody gives it nothing goes, so it is told at
the first failure, and not when the endpoint has been parked or an event given up."""

from doorbell.domain.health import Health, speaks_of_endpoint
from doorbell.domain.outbound import Outcome
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.ports import Log, Metrics, Notices


def tell_denied(
    metrics: Metrics,
    log: Log,
    notices: Notices,
    subscription: Subscription,
    outcome: Outcome,
    health: Health,
) -> None:
    """`health` is that after it. A trouble whenever it happens, and a notice once an outage; what the
    subscription says is about one event makes none."""
    if not outcome.denied or outcome.is_told:
        return
    metrics.count("TargetDenied")
    log.error("target_denied", subscription=subscription.endpoint_id, problem=outcome.detail)
    if speaks_of_endpoint(outcome, subscription.retry.breaker_ignores) and health.failures <= 1:
        notices.publish("target.denied", {"endpoint": subscription.endpoint_id, "problem": outcome.detail})
