"""An endpoint that is parked when a pause ends. Nobody tried it in the pause, and how long it is parked was a
guess made before: one probe tells at once how it is now. Pure; times are epoch seconds."""

from dataclasses import replace

from doorbell.domain.health import PARK_MAX_SECONDS, Circuit, Health, of_url


def is_guess(health: Health, now: float) -> bool:
    """Not what the subscriber asked for; what is parked for longer than Doorbell ever does by itself is so as
    it asked, whether that is on record or not."""
    until = health.parked_until or now
    is_open = health.circuit(now) is Circuit.OPEN
    return is_open and until != health.asked_until and until <= now + PARK_MAX_SECONDS


def as_seen(read: Health, url: str, now: float, *, freed: bool) -> Health:
    """What is known of `url`. To who was `freed` of a pause the parking is over, unless somebody was tried
    since: whoever a pause holds leaves behind that nothing is known of since when it fails."""
    health = of_url(read, url)
    if not freed or health.failing_since is not None or not is_guess(health, now):
        return health
    return replace(health, parked_until=now)
