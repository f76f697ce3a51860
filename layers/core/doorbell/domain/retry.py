"""When to try again, and whether: a pure function of (policy, attempts made, outcome, random)."""

from dataclasses import dataclass

from doorbell.domain.failures import OF_ONE_EVENT, is_any_of
from doorbell.domain.outbound import Outcome

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
    delivery is given up. `give_up_on` ends it at once after such a failure, `only_on` after any other
    (`failures` has the kinds; empty = no such rule). `breaker_ignores`: failures that speak of one event and
    not of the endpoint.
    """

    schedule: tuple[float, ...] = DEFAULT_SCHEDULE
    jitter: float = 0.2
    max_age_hours: float = 120.0
    give_up_on: tuple[str, ...] = ()
    only_on: tuple[str, ...] = ()
    breaker_ignores: tuple[str, ...] = OF_ONE_EVENT


def gives_up(policy: RetryPolicy, outcome: Outcome) -> bool:
    """Whether the policy wants no further attempt after this failure, which is the endpoint's."""
    if policy.only_on and not is_any_of(outcome, policy.only_on):
        return True
    return is_any_of(outcome, policy.give_up_on)


def next_delay(policy: RetryPolicy, attempts_made: int, rand: float) -> float | None:
    """Seconds to wait before attempt `attempts_made + 1`, or None when the schedule is used up.

    `rand` is uniform in [0, 1).
    """
    if attempts_made >= len(policy.schedule):
        return None
    return policy.schedule[attempts_made] * (1 + policy.jitter * (2 * rand - 1))
