"""Rate limiting by GCRA: every message gets its exact slot.

The state is one number, `tat`, the theoretical arrival time of the next message. Taking a slot moves it
by one interval, so that slots are handed out once each, in order, and a full backlog is spread exactly.
It is counted in intervals of one rate: when the rate changes it is counted anew, and all slots lapse that
have been given out and not come yet.
https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` messages, of which one second's worth (at least one) may come at once."""

    per_second: float

    @property
    def interval(self) -> float:
        return 1.0 / self.per_second

    @property
    def tolerance(self) -> float:
        """How far ahead of its slot a message may go."""
        return (max(1, int(self.per_second)) - 1) * self.interval


def next_tat(tat: float | None, rate: Rate, now: float) -> float:
    """The state after one more slot is taken."""
    return max(tat if tat is not None else now, now) + rate.interval


def recounted(tat: float, rate: Rate, now: float) -> float:
    """The state where those in line lost their slots, as the rate is another: what went already counts as a
    whole burst at most."""
    return min(tat, now + rate.tolerance)


def slot_time(tat_after: float, rate: Rate, now: float) -> float:
    """When the message that moved the state to `tat_after` may go: `now` or later."""
    return max(now, tat_after - rate.interval - rate.tolerance)
