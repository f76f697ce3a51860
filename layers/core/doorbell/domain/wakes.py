"""The wake of an endpoint: when somebody looks next at the list of those who wait for it, and how far and how
fast that list is emptied. It stands beside the endpoint's health and is written with it, under one version.

    parked ──▶ open: at the end of the parking, or sooner ──▶ a probe ──▶ slices ──▶ nobody is left
                 ▲                                                                        │
                 └────────── who is filed finds it gone or closing: open again ◀── closing ◀┘ ──▶ gone

It goes in two steps, with a wait between them that is longer than an index lags: a list that looked empty may
not have been. Who files a delivery looks at the wake afterwards. So nobody is on a list without a wake.
Pure; times are epoch seconds.
"""

from dataclasses import dataclass, replace

LOOK_SECONDS = 300.0
"""Somebody looks at least this often: the subscription may have been changed by hand."""
CLOSING_SECONDS = 900.0
"""Longer than an index lags."""
TICK_SECONDS = 10.0
"""A slice is sent out over so many seconds."""

START_PER_SECOND = 50.0
MOST_PER_SECOND = 1000.0
HALVED = 0.5
EASED = 0.9
"""How much slower after a parking: the first time, and when it is known what was too fast."""
BELOW = 0.95
"""Of the pace at which it parked: up to there it is approached, from there on felt out, by `FELT_OUT` of the
pace at first and then by `STRIDE` of what it is above."""
FELT_OUT = 0.001
STRIDE = 1 / 16
MAY_LAG = 0.1
"""Of a slice, how much may still be on the list when the next is due."""


@dataclass(frozen=True, slots=True)
class Wake:
    """`cursor`: up to here the list has been sent out in this pass; None: from its beginning. At `rest_at` a
    pass begins anew, for what it left behind. `pace` in deliveries a second, None: nothing was sent yet;
    `ceiling`: the pace that was nearly too much. `told_at`: when it was told last that a pause will outlast
    what is kept."""

    at: float
    closing: bool = False
    cursor: float | None = None
    rest_at: float | None = None
    pace: float | None = None
    ceiling: float | None = None
    told_at: float | None = None


def in_pause(wake: Wake, now: float) -> Wake:
    """Nobody is sent out. When that ends, it begins at the list's beginning, as if nothing had been sent."""
    return Wake(now + LOOK_SECONDS, ceiling=wake.ceiling, told_at=wake.told_at)


def at_parking(wake: Wake | None, until: float, now: float) -> Wake:
    """What was under way is filed again, behind the cursor: the next pass begins at the list's beginning."""
    at = min(until, now + LOOK_SECONDS)
    if wake is None or wake.pace is None:
        return Wake(at)
    pace = wake.pace * (HALVED if wake.ceiling is None else EASED)
    return Wake(at, pace=max(1.0, pace), ceiling=max(1.0, wake.pace * BELOW))


def at_recovery(wake: Wake | None, now: float) -> Wake | None:
    return None if wake is None else replace(wake, at=now, closing=False)


def at_probe(wake: Wake | None, until: float) -> Wake | None:
    """While a probe is under way there is nothing to do."""
    return wake if wake is None or wake.closing else replace(wake, at=until + 1.0)


def awaited(wake: Wake | None, parked_until: float | None, now: float) -> Wake:
    """As it must be when somebody was filed."""
    if wake is not None and not wake.closing:
        return wake
    return Wake(now if parked_until is None else max(now, min(parked_until, now + LOOK_SECONDS)))


def first_pace(most: float) -> float:
    return min(START_PER_SECOND, most)


def next_pace(wake: Wake, left: int, most: float) -> float:
    """`left`: how many of those sent out are still on the list."""
    pace = first_pace(most) if wake.pace is None else wake.pace
    if left > pace * TICK_SECONDS * MAY_LAG:
        return min(pace, most)
    return min(_faster(pace, wake.ceiling), most)


def _faster(pace: float, ceiling: float | None) -> float:
    """Doubled while nothing was ever too much; else halfway to what was, and beyond it a little at first, and
    more the further it gets: the endpoint may have become faster."""
    if ceiling is None:
        return pace * 2
    if pace < ceiling * (1 - FELT_OUT):
        return pace + (ceiling - pace) / 2
    return pace + max(pace * FELT_OUT, (pace - ceiling) * STRIDE)
