"""What leaves for a target: what a URL would get, and what services have places of their own for."""

from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.targets import TIMEOUT_SECONDS, TargetRequest


def to_target(
    subscription: Subscription, event: StoredEvent, headers: tuple[tuple[str, str], ...], body: bytes
) -> TargetRequest:
    incoming = event.incoming
    return TargetRequest(
        url=subscription.url,
        headers=headers,
        body=body,
        timeout_seconds=TIMEOUT_SECONDS,
        tenant_id=subscription.tenant_id,
        subscription_id=subscription.subscription_id,
        event_id=event.event_id,
        event_type=incoming.event_type,
        source_id=incoming.source_id,
        hops=incoming.hops,
    )
