"""Pauses: while a subscription is paused its deliveries wait, and do not age.

A delivery keeps since when a pause holds it and when that ended; several pauses are kept as one that was as
long as all of them. What is kept of its event is kept no longer for it: a day before its item expires it is
given up all the same. Pure; times are epoch seconds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorbell.domain.deliveries import Delivery

TOLD_BEFORE_SECONDS = 3 * 24 * 3600.0
"""How long before the first of those who wait is given up it is told, and once a day from then on."""
TOLD_AGAIN_SECONDS = 24 * 3600.0


def paused(delivery: Delivery, now: float) -> Delivery:
    if delivery.is_paused:
        return delivery
    return replace(delivery, paused_at=now - delivery.paused_seconds, resumed_at=None)


def resumed(delivery: Delivery, now: float) -> Delivery:
    """`now`: when it may go again, which is when its list has come to it."""
    return replace(delivery, resumed_at=now) if delivery.is_paused else delivery


def must_be_told(ends_at: float, told_at: float | None, now: float) -> bool:
    """Of the first that would be given up at `ends_at`."""
    if now < ends_at - TOLD_BEFORE_SECONDS:
        return False
    return told_at is None or now >= told_at + TOLD_AGAIN_SECONDS
