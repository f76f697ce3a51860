"""The delivery items of the Events table and back.

`attempts` is the list of attempts, `attempts_made` its length (the claim's guard). `due_shard` and `due_at`
are there while the delivery is pending, and only then (sparse index `due`). `ended_at` and `reason` are
there when it is exhausted or cancelled (sparse index `undelivered`, whose key `subscription_id` holds
`<tenant_id>/<subscription_id>`); a delivered one has `delivered_at`
instead, so that it costs no write of that index. `settled_by` is the lease of the last recorded step: it
tells a write of one's own that was repeated from one that lost. `shelf`, `shelf_at` (sparse index `shelf`)
and `look_at` are there while it waits for its endpoint; when it has ended, `shelf` is that of its history,
with `status` and `error` as its last attempt had them. `event_type` is for that too. `paused_at` and
`resumed_at` are there once a pause held it.
About 0.6 KiB and 0.2 to 1.2 KiB for each attempt.
"""

from typing import Any

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.subscriptions import scoped
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE

PREFIX = "delivery#"


def delivery_key(key: DeliveryKey) -> dict[str, Any]:
    suffix = f"#{key.generation:04d}" if key.generation else ""
    return {"event_id": key.event_id, "sk": f"{PREFIX}{key.subscription_id}{suffix}"}


def place_of(key: DeliveryKey) -> str:
    """Behind which a page of the event's deliveries begins."""
    return str(delivery_key(key)["sk"].removeprefix(PREFIX))


def parse_key(event_id: str, sk: str) -> DeliveryKey:
    """The key a sort key `delivery#…` stands for. Whatever stands there is one: a row that raised would hold
    up all that are read with it."""
    name = sk.removeprefix(PREFIX)
    subscription_id, mark, generation = name.rpartition("#")
    if mark and generation.isascii() and generation.isdecimal():
        return DeliveryKey(event_id, subscription_id, int(generation))
    return DeliveryKey(event_id, name)


def delivery_values(delivery: Delivery, shards: int) -> dict[str, Any]:
    """A new delivery's attributes: of one that is pending, or was given up before it was made."""
    ended = {} if delivery.ended_at is None else {"ended_at": delivery.ended_at, "reason": delivery.reason}
    return {
        **delivery_key(delivery.key),
        **ended,
        "subscription_id": scoped(delivery.tenant_id, delivery.key.subscription_id),
        "generation": delivery.key.generation,
        "tenant_id": delivery.tenant_id,
        "state": delivery.state.value,
        "created_at": delivery.created_at,
        "received_at": delivery.received_at,
        "next_attempt_at": delivery.next_attempt_at,
        "due_shard": None if delivery.due_at is None else delivery.key.due_shard(shards),
        "due_at": delivery.due_at,
        "event_type": delivery.event_type,
        "attempts_made": delivery.attempts_made,
        "attempts": [attempt_values(attempt) for attempt in delivery.attempts],
        TTL_ATTRIBUTE: delivery.expires_at,
    }


def delivery_from(values: dict[str, Any]) -> Delivery:
    lease = Lease(values["lease_id"], values["lease_until"]) if "lease_id" in values else None
    return Delivery(
        key=parse_key(values["event_id"], values["sk"]),
        tenant_id=values["tenant_id"],
        state=State(values["state"]),
        created_at=values["created_at"],
        next_attempt_at=values["next_attempt_at"],
        due_at=values.get("due_at"),
        expires_at=values[TTL_ATTRIBUTE],
        attempts=tuple(attempt_from(attempt) for attempt in values["attempts"]),
        lease=lease,
        slot_at=values.get("slot_at"),
        slot_rate=values.get("slot_rate"),
        turn_at=values.get("turn_at"),
        ended_at=values.get("ended_at", values.get("delivered_at")),
        reason=values.get("reason"),
        received_at=values.get("received_at"),
        shelf=values.get("shelf"),
        look_at=values.get("look_at"),
        event_type=values.get("event_type"),
        paused_at=values.get("paused_at"),
        resumed_at=values.get("resumed_at"),
    )


def attempt_values(attempt: Attempt) -> dict[str, Any]:
    values = {
        "number": attempt.number,
        "at": attempt.at,
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "detail": attempt.detail or None,
        "response": attempt.response or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def attempt_from(values: dict[str, Any]) -> Attempt:
    return Attempt(
        number=values["number"],
        at=values["at"],
        duration_ms=values["duration_ms"],
        status=values.get("status"),
        error=values.get("error"),
        detail=values.get("detail", ""),
        response=values.get("response", ""),
    )
