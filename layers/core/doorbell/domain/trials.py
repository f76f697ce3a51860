"""A test event: like any other on its way to one subscription, except that it is tried once. Times are epoch
seconds."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, State
from doorbell.domain.errors import ConfigError
from doorbell.domain.events import BodyAt, event_id_for
from doorbell.domain.health import Circuit, Health, of_url
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.domain.reserved import TEST_SOURCE
from doorbell.domain.subscriptions import Subscription

EVENT_TYPE: Final = "doorbell.test"
DATA: Final = {"message": "a test from doorbell"}
TEST_OVER: Final = "test_over"
"""Why a delivery was cancelled: the test is over, and is not tried for days."""
VERIFIED: Final = "verified"
"""In an answer: whose signature was verified."""
LEASE_SECONDS = 10.0
"""For the write that ends it."""

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


class WhyNot(StrEnum):
    """Why nothing would be sent to a subscription now. Each is the code of a refusal, too."""

    DISABLED = "subscription_disabled"
    PAUSED = "subscription_paused"
    PARKED = "endpoint_parked"


def why_not(subscription: Subscription, health: Health, now: float) -> WhyNot | None:
    """None: a test event would be sent."""
    if not subscription.enabled:
        return WhyNot.DISABLED
    if subscription.paused:
        return WhyNot.PAUSED
    is_open = of_url(health, subscription.url).circuit(now) is Circuit.OPEN
    return WhyNot.PARKED if is_open else None


def advice(attempt: Attempt) -> str:
    """ "" where there is none to give, or where the answer of a target says what to do."""
    if attempt.is_success or (attempt.error is None and attempt.detail):
        return ""
    return ADVICE.get(attempt.error or attempt.status or 0, "")


def says_verified(attempt: Attempt, event_id: str) -> bool | None:
    """Whether a receiver says that it has verified the signature of this event: its 2xx has a JSON object
    whose `verified` is the `webhook-id` that it got. None: it says nothing of it. It is the receiver's word,
    no proof; who cannot sign must get no such answer."""
    if not attempt.is_success:
        return None
    try:
        said = json.loads(attempt.response)
    except (ValueError, RecursionError):
        return None
    word = said.get(VERIFIED) if isinstance(said, dict) else None
    return None if word is None else word == event_id


def body_of(data: Any) -> bytes:
    """JSON. Raises `ConfigError` for what JSON or UTF-8 has no form for."""
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        problem = "must be JSON, without NaN, without half a surrogate pair, and not nested so deep"
        raise ConfigError("test", "data", problem) from None


def trial_key(tenant_id: str, trial_id: str, subscription_id: str) -> DeliveryKey:
    """The one delivery of a test, however often it is made."""
    return DeliveryKey(event_id_for(tenant_id, TEST_SOURCE, trial_id), subscription_id)


def trial_event(
    key: DeliveryKey, tenant_id: str, trial_id: str, event_type: str, body: bytes, now: float, kept: float
) -> StoredEvent:
    """`kept`: for how many seconds events are."""
    incoming = Incoming(
        ingest_id=trial_id,
        event_id=key.event_id,
        tenant_id=tenant_id,
        source_id=TEST_SOURCE,
        provider="doorbell",
        event_type=event_type,
        dedupe_window_seconds=0,
        received_at=now,
        content_type="application/json",
        headers={"content-type": "application/json"},
        body=BodyAt(len(body), inline=body),
    )
    routing = RoutingPage((Match(key.subscription_id, Reason.MATCHED, "doorbell test"),))
    return StoredEvent(key.event_id, incoming, 0, now, now, int(now + kept), routing)


def trial_delivery(event: StoredEvent, key: DeliveryKey, now: float, grace: float) -> Delivery:
    return Delivery(
        key=key,
        tenant_id=event.incoming.tenant_id,
        state=State.PENDING,
        created_at=now,
        next_attempt_at=now,
        due_at=now + grace,
        expires_at=event.expires_at,
        event_type=event.incoming.event_type,
    )


def given_up(delivery: Delivery, now: float) -> Delivery:
    """It is tried no more."""
    return delivery.freed(state=State.CANCELLED, reason=TEST_OVER, ended_at=now, due_at=None)
