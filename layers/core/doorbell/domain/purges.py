"""A purge as a job: everything of a tenant is counted, or removed and then counted again. Times are epoch
seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from doorbell.domain.replays import Cursor, Selection

KINDS = (
    "sources",
    "subscriptions",
    "event_types",
    "events",
    "jobs",
    "operations",
    "refused",
    "rollups",
    "bodies",
)
"""What is counted of a tenant."""
NONE: Mapping[str, int] = dict.fromkeys(KINDS, 0)


@dataclass(frozen=True, slots=True)
class Things:
    """A page of what is held of a tenant in one place. `after`: where to go on; None at the end."""

    found: Sequence[Any]
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class PurgeJob:
    """`selection`: the tenant, and when its events were recorded; the rest of it is of no use.

    `removes`: else it only counts. `found`: so many of each kind it has come upon, and has removed where it
    `removes`. `left`: what it found at its second look, when all was removed; None before. `drawer`: what it
    is at, "" before the first; `cursor`: how far. `write_units`: what their removal costs at least.
    `waiting`: messages of all tenants on the events queue and its dead-letter queue when it ended: what they
    bring comes after it."""

    job_id: str
    selection: Selection
    removes: bool
    drawer: str = ""
    cursor: Cursor | None = None
    found: Mapping[str, int] = field(default_factory=lambda: NONE)
    left: Mapping[str, int] | None = None
    write_units: int = 0
    waiting: int | None = None
    finished_at: float | None = None

    def rebased(self, now: float) -> "PurgeJob":
        """It has no slots."""
        return self

    @property
    def is_removing(self) -> bool:
        return self.removes and self.left is None

    def counted(self, kind: str, count: int, write_units: int) -> "PurgeJob":
        if self.left is not None:
            return replace(self, left=_added(self.left, kind, count))
        units = self.write_units + write_units
        return replace(self, found=_added(self.found, kind, count), write_units=units)

    def at(self, drawer: str, cursor: Cursor | None) -> "PurgeJob":
        return replace(self, drawer=drawer, cursor=cursor)

    def looks_again(self) -> "PurgeJob":
        """All is removed that it found."""
        return replace(self, drawer="", cursor=None, left=NONE)

    def ended(self, waiting: int, now: float) -> "PurgeJob":
        return replace(self, cursor=None, waiting=waiting, finished_at=now)


def _added(counts: Mapping[str, int], kind: str, count: int) -> Mapping[str, int]:
    return {**counts, kind: counts[kind] + count}
