"""When a delivery that waits is tried next, as far as is known."""

from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import Health
from doorbell.domain.standing import Held, held_by
from doorbell_cli.cells import clock


def when_of(delivery: Delivery, health: Health, now: float) -> str:
    at = next_at(delivery, health, now)
    return "once resumed" if at is None else clock(at)


def next_at(delivery: Delivery, health: Health, now: float) -> float | None:
    """The earliest moment of its next attempt; None: a pause holds it. `health`: of its endpoint."""
    at, parked, why = delivery.next_attempt_at, health.parked_until, held_by(delivery, health, now)
    if why in (Held.PAUSED, Held.SOURCE_PAUSED):
        return None
    return max(at, parked, now) if why is Held.PARKED and parked is not None else max(at, now)
