"""How a subscription stands, for programs."""

from collections import Counter
from typing import Any

from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import Circuit
from doorbell.domain.standing import Listed, Lost, Standing, held_by
from doorbell.runtime.admin_api import delivery_json, iso


def standing_json(standing: Standing, now: float) -> dict[str, Any]:
    """`complete` false: the walk stopped, the numbers are the least there can be."""
    pending, health = standing.pending, standing.health
    return {
        "tenant_id": standing.tenant_id,
        "subscription_id": standing.subscription_id,
        "exists": standing.exists,
        "enabled": standing.exists and standing.enabled,
        "disabled_reason": standing.off_reason,
        "disabled_at": iso(standing.off_since),
        "paused": standing.exists and standing.paused,
        "paused_at": iso(standing.paused_since),
        "kept_until": iso(standing.kept_until),
        "circuit": health.circuit(now).value,
        "consecutive_failures": health.failures,
        "failing_since": iso(health.failing_since),
        "parked_until": iso(health.parked_until),
        "probe_until": iso(health.probe_until),
        "pending": {
            "count": len(pending.rows),
            "tried": len(pending.tried),
            "complete": not pending.more,
            "looked_at": pending.looked_at,
            "next_due_at": iso(pending.rows[0].due_at) if pending.rows else None,
            "last_due_at": iso(pending.rows[-1].due_at) if pending.rows else None,
        },
        "seen": {
            "count": len(standing.seen),
            "held_by": dict(Counter(held_by(one, health, now).value for one in standing.seen)),
            "oldest_at": iso(standing.oldest.created_at) if standing.oldest else None,
        },
        "waiting_list": None if standing.listed is None else _listed_json(standing, standing.listed, now),
        "attempts_allowed": standing.attempts_allowed,
        "failing": [failing_json(one, standing, now) for one in standing.failing],
        "lost": _lost_json(standing.lost),
    }


def failing_json(delivery: Delivery, standing: Standing, now: float) -> dict[str, Any]:
    """With the last of its attempts alone."""
    told = {"event_id": delivery.key.event_id, **delivery_json(delivery)}
    told["attempts_made"] = delivery.attempts_made
    told["last_attempt"] = told.pop("attempts")[-1]
    return {**told, "held_by": held_by(delivery, standing.health, now).value}


def _listed_json(standing: Standing, listed: Listed, now: float) -> dict[str, Any]:
    """`out_at`: when the last of it is out at the present pace; null while nothing is sent out."""
    flows = standing.health.circuit(now) is Circuit.CLOSED and not standing.paused
    seconds = standing.list_seconds
    return {
        "count": listed.count,
        "complete": not listed.more,
        "since": iso(listed.since),
        "per_second": standing.pace,
        "out_at": iso(now + seconds) if flows and seconds is not None else None,
    }


def _lost_json(lost: Lost) -> dict[str, Any]:
    return {
        "since": iso(lost.since),
        "count": len(lost.rows),
        "complete": not lost.more,
        "by_reason": [
            {"state": state, "reason": reason, "count": number}
            for (state, reason), number in lost.by_reason.items()
        ],
        "looked_up": lost.looked_up,
        "replayed": lost.replayed,
    }
