"""Hops: how many parts of Doorbell have caused one another before an event.

What comes from outside has 0. What Doorbell itself rings, or what comes in again by its own inbox, has one
more than its cause. Beyond `MOST_HOPS` an event is put on record and goes nowhere: a circle ends there.
"""

from typing import Final

MOST_HOPS: Final = 3


def too_many(hops: int) -> bool:
    return hops > MOST_HOPS
