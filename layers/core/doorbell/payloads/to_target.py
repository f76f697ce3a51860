"""What leaves for a target: what a URL would get, and what services have places of their own for."""

from math import ceil

from doorbell.domain.large import S3_LINK, WRITE_SECONDS
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.target_keys import filled
from doorbell.domain.targets import TIMEOUT_SECONDS, WITH_KEYS, TargetRequest


def to_target(
    subscription: Subscription, event: StoredEvent, headers: tuple[tuple[str, str], ...], body: bytes
) -> TargetRequest:
    incoming = event.incoming
    waits = ceil(subscription.timeout_seconds) if subscription.invoke == "sync" else 0
    assuming = TIMEOUT_SECONDS if subscription.role_arn else 0.0
    is_large = subscription.large == S3_LINK
    return TargetRequest(
        url=subscription.url,
        headers=headers,
        body=body,
        timeout_seconds=(waits or TIMEOUT_SECONDS) + assuming + (WRITE_SECONDS if is_large else 0.0),
        tenant_id=subscription.tenant_id,
        subscription_id=subscription.subscription_id,
        event_id=event.event_id,
        event_type=incoming.event_type,
        source_id=incoming.source_id,
        hops=incoming.hops,
        key=_key(subscription, event, body),
        waits=waits,
        role_arn=subscription.role_arn,
        large=is_large,
    )


def _key(subscription: Subscription, event: StoredEvent, body: bytes) -> str:
    usual = WITH_KEYS.get(subscription.url.split(":")[2])
    if usual is None:
        return ""
    incoming = event.incoming
    known = {
        "id": event.event_id,
        "type": incoming.event_type,
        "source": incoming.source_id,
        "provider": incoming.provider,
        "tenant": subscription.tenant_id,
        "subscription": subscription.subscription_id,
    }
    return filled(subscription.target_key or usual, known, incoming.received_at, body)
