"""Where a list that goes back in time goes on, and what reading it costs."""

import time

from doorbell.runtime.admin import cursors
from doorbell_cli.ops.times import kept
from doorbell_cli.output import Output

type Place = tuple[float, float, tuple[str, ...]]
"""Since, until, and what of `until` was seen."""


def place_in(of: str, cursor: str | None, start: float, end: float, by: cursors.Filters) -> Place:
    """Where to begin: the cursor's own time goes before `start` and `end`. Refuses (422) what is no cursor of
    list `of`, narrowed `by` these."""
    place = cursors.decode(of, cursor, by, since=float, until=float, seen=list)
    if place is None:
        return start, end, ()
    if place["until"] < place["since"]:
        raise cursors.refused()
    since, until = kept(place["since"], place["until"], time.time())
    return since, until, tuple(map(str, place["seen"]))


def say_cursor(out: Output, cursor: str | None) -> None:
    """Beside the rows, on stderr."""
    if cursor is not None:
        out.note(f"To go on, repeat the command with --cursor {cursor}")


def price_of(read_units: float) -> str:
    """In US cents."""
    from doorbell_cli.ops.counted import prices  # the use cases behind it: slow to import

    unit = prices()["usd"]["read_unit"]
    cents = read_units * unit["price"] / unit["per"] * 100
    return "less than 0.1 cents" if cents < 0.1 else f"{cents:.1f} cents"
