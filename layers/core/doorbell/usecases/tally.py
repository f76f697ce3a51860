"""Tally: what an environment has counted and not yet written.

Who delivers, fans out or refuses counts here, in memory, and writes nothing; `write_rollups` writes it, once
for a batch.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from doorbell.domain.rollups import ACCEPTED, DUPLICATES, Counts, Holder, Kind, bucket_at

type Place = tuple[Holder, int]
"""Whose, and the beginning of the five minutes."""


@dataclass(slots=True, eq=False)
class Tally:
    """Safe among threads. `is_on`: without, nothing is counted."""

    is_on: bool = True
    _counts: dict[Place, Counter[str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, holder: Holder, at: float, counts: Counts) -> None:
        if self.is_on and counts:
            with self._lock:
                self._counts.setdefault((holder, bucket_at(at)), Counter()).update(counts)

    def taken(self, of: Callable[[Holder], bool] | None = None) -> Mapping[Place, Counts]:
        """All, or those of some holders; it is then no longer here."""
        with self._lock:
            places = [place for place in self._counts if of is None or of(place[0])]
            return {place: self._counts.pop(place) for place in places}

    def accepted(self, tenant_id: str, source_id: str, received_at: float) -> None:
        self.add(Holder(Kind.SOURCE, tenant_id, source_id), received_at, {ACCEPTED: 1})

    def duplicate(self, tenant_id: str, source_id: str, received_at: float) -> None:
        self.add(Holder(Kind.SOURCE, tenant_id, source_id), received_at, {DUPLICATES: 1})


NOTHING = Tally(is_on=False)
