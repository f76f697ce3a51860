"""The list of events: its rows as they are found, and what is known when all of them are."""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from doorbell.domain.log import DAY_SECONDS, LogRow
from doorbell.usecases.search import SearchPage

DAYS = 8
"""Of the log, UTC's, that one page looks at: each is six Queries where nothing is found."""


@dataclass(slots=True)
class Found:
    """`begin`: of what this page looks at, epoch seconds, and `since` of all that was asked for. What is told
    beneath the rows may be asked for when they have been gone through."""

    walk: Generator[LogRow, None, SearchPage]
    since: float
    begin: float
    page: SearchPage | None = None

    def __iter__(self) -> Iterator[LogRow]:
        self.page = yield from self.walk

    @property
    def until(self) -> float | None:
        """Where to go on; None: nothing is left."""
        if self.page is None or self.page.until is not None:
            return None if self.page is None else self.page.until
        return math.nextafter(self.begin, 0) if self.begin > self.since else None

    @property
    def seen(self) -> tuple[str, ...]:
        return () if self.page is None else self.page.seen


def begin_of(since: float, until: float) -> float:
    """Of one page: whole days, so that no partition is asked twice."""
    return max(since, (until // DAY_SECONDS - DAYS + 1) * DAY_SECONDS)
