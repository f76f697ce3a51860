"""When the refusals of a source are worth a word: once many came in a short time, and then not again soon."""

from dataclasses import dataclass, field
from threading import Lock

from doorbell.domain.clocks import CLOCKS, Clocks, Moment

REFUSALS = 20
WINDOW_SECONDS = 300.0
MAX_SOURCES = 1000
"""Ids come from the URL, so strangers choose them: only so many are counted at a time."""


@dataclass(slots=True)
class RefusalWatch:
    """Counts in the memory of one environment. Safe among threads."""

    clocks: Clocks = CLOCKS
    counts: dict[str, tuple[Moment, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def refused(self, source_id: str) -> bool:
        """Count one; True exactly when it is number `REFUSALS` of its window of `WINDOW_SECONDS`."""
        with self._lock:
            since, count = self.counts.get(source_id) or (self.clocks.now(), 0)
            if self.clocks.age(since) >= WINDOW_SECONDS:
                since, count = self.clocks.now(), 0
            if source_id not in self.counts and len(self.counts) >= MAX_SOURCES:
                self.counts.clear()
            self.counts[source_id] = (since, count + 1)
            return count + 1 == REFUSALS
