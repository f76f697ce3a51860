"""Why a delivery waits, in words for people."""

from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import Health
from doorbell.domain.holders import source_held_by
from doorbell.domain.standing import Held, held_by

WHY = {
    Held.NOW: "being tried",
    Held.PAUSED: "the subscription is paused",
    Held.SOURCE_PAUSED: "its source is paused",
    Held.PARKED: "the endpoint is parked",
    Held.PROBED: "one delivery tests the endpoint",
    Held.LISTED: "the endpoint's waiting list",
    Held.PLACES: "max_in_flight",
    Held.RATE: "the rate limit",
    Held.SCHEDULE: "its retry schedule",
    Held.QUEUED: "due: its message is on the way",
}


def why_held(delivery: Delivery, health: Health, now: float) -> str:
    why, source_id = held_by(delivery, health, now), source_held_by(delivery)
    if why is Held.SOURCE_PAUSED and source_id is not None:
        return f'its source "{source_id}" is paused (`doorbell check`: since when, and until when it is kept)'
    return WHY[why]
