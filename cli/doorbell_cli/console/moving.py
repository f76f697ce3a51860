"""What a page shows moves on: each look says so once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """`shown`: what would be seen otherwise if it were another; `ended`: nothing more will come of it."""

    shown: object
    ended: bool = False


def moved(look: Callable[[], Moment]) -> Callable[[], Iterable[object]]:
    """A look's rows: one if it shows something else than the last one, the first too: the page is older. No
    more is kept than what the last one showed."""
    seen = list[Moment]()

    def next_look() -> Iterable[object]:
        found = look()
        if seen == [found]:
            return []
        seen[:] = [found]
        return [{"ended": found.ended}]

    return next_look
