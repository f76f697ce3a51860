"""When to try again: a pure function of (schedule, attempts made, random)."""

from dataclasses import dataclass

DEFAULT_SCHEDULE: tuple[float, ...] = (
    0,
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    5 * 3600,
    10 * 3600,
    14 * 3600,
    20 * 3600,
    24 * 3600,
)
"""The example of the Standard Webhooks specification.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""

PRESETS: dict[str, tuple[float, ...]] = {
    "standard": DEFAULT_SCHEDULE,
    "fast": (0, 1, 5, 30, 120, 600),
    "patient": (0, 60, 600, 3600, 6 * 3600, 24 * 3600, 48 * 3600),
    "once": (0,),
}
"""Schedules by name."""

MAX_ATTEMPTS = 50
MAX_DELAY_SECONDS = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`schedule[n]` is the wait in seconds before attempt n + 1; `schedule[0]` is 0.

    `jitter` is the share of it by which it may be longer or shorter; past `max_age_hours` from its creation a
    delivery is given up.
    """

    schedule: tuple[float, ...] = DEFAULT_SCHEDULE
    jitter: float = 0.2
    max_age_hours: float = 120.0


def next_delay(policy: RetryPolicy, attempts_made: int, rand: float) -> float | None:
    """Seconds to wait before attempt `attempts_made + 1`, or None when the schedule is used up.

    `rand` is uniform in [0, 1).
    """
    if attempts_made >= len(policy.schedule):
        return None
    return policy.schedule[attempts_made] * (1 + policy.jitter * (2 * rand - 1))
