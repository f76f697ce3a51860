"""What back-fill needs of the world, and what it says in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from doorbell.domain.backfill import Listed, Page, Progress, Tried, Verdict
from doorbell.domain.sources import Source

type Watch = Callable[[Listed, Verdict], None]


class List(Protocol):
    """A provider's own. Each may raise `Later` and `NotPossible`; `bring` and `page` also `Gone`."""

    @property
    def pause_seconds(self) -> float: ...  # between two events that are asked for
    def check(self, source_id: str) -> None:
        """Whether it is this source that the provider rings at."""

    def page(self, cursor: str | None, since: float) -> Page:
        """Newest first, from the cursor on; what is before `since` may be left out. `Gone`: the place is not
        kept any more."""

    def bring(self, row: Listed) -> None:
        """See to it that this event comes in."""


class Book(Protocol):
    """What is on record. Raises `Unavailable`."""

    def progress(self, source: Source) -> Progress: ...
    def save(self, progress: Progress) -> Progress:
        """With its new version. Raises `Later` where another pass has moved it."""

    def on_record(self, event_ids: Sequence[str]) -> Mapping[str, object]: ...
    def tried(self, source: Source, keys: Sequence[str]) -> Mapping[str, Tried]: ...
    def all_tried(self, source: Source) -> Sequence[Tried]: ...
    def ask(self, source: Source, tried: Tried) -> bool:
        """Put down that it is asked for, for the `tried.asked`th time; False: another pass has."""

    def settle(self, source: Source, tried: Tried) -> None: ...


class Planner(Protocol):
    """Which sources are due. Raises `Unavailable`."""

    def due(self, now: float) -> Iterable[str]: ...  # their ids, the longest due first
    def may_look(self, now: float, next_at: float) -> bool:
        """Whether it is time to look for sources that want it; the next time is `next_at`, for one of all."""

    def wanted(self) -> Sequence[str]: ...
    def progress(self, source: Source) -> Progress: ...
    def save(self, progress: Progress) -> Progress: ...
    def off(self, source_id: str) -> None:
        """Take it off the schedule."""


@dataclass(slots=True)
class Report:
    """`counted`: listed events, by what was found. `asked`: of these, now asked for. `brought`, `given_up`:
    of those asked for before. `later`: seconds that the provider wants to be left alone, and `why`."""

    counted: Counter[Verdict] = field(default_factory=Counter)
    asked: int = 0
    brought: int = 0
    given_up: int = 0
    finished: bool = False
    later: float | None = None
    why: str = ""

    def counts(self) -> dict[str, object]:
        """For a log line or a document."""
        return {
            "listed": self.counted.total(),
            **{found.value: self.counted[found] for found in Verdict},
            "asked": self.asked,
            "brought": self.brought,
            "given_up": self.given_up,
            "finished": self.finished,
        }
