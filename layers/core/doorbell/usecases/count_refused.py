"""Count refused: how many requests of a source were turned away, and why.

Gathered in the environment, and written at most once a minute and source, with a refusal: an accepted event
writes no table. So the refusals of an environment's last minute may never be written: what is read is "at
least". Unknown sources are not counted: anybody can invent them.

Costs one write unit for each environment, source and minute in which it refuses; where nothing is refused,
nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock

from doorbell.domain.clocks import CLOCKS, Clocks, Moment
from doorbell.domain.rollups import REFUSED, Holder, Kind
from doorbell.domain.sources import Source
from doorbell.usecases.tally import Tally

EVERY_SECONDS = 60.0
AT_ONCE = 5
"""Sources that one refusal writes at most: somebody waits for its answer."""


@dataclass(slots=True)
class CountRefused:
    """Safe among threads. `write` raises nothing."""

    tally: Tally
    write: Callable[[Callable[[Holder], bool]], None]
    clocks: Clocks = CLOCKS
    _pending: dict[Holder, None] = field(default_factory=dict)
    _written: dict[Holder, Moment] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, source: Source, code: str, at: float) -> None:
        """One more, which came at `at`."""
        holder = Holder(Kind.SOURCE, source.tenant_id, source.source_id)
        self.tally.add(holder, at, {REFUSED + code: 1})
        with self._lock:
            self._pending[holder] = None
            due = set(islice(filter(self._is_due, self._pending), AT_ONCE))
            self._written = {name: when for name, when in self._written.items() if self._is_young(when)}
            for one in due:
                del self._pending[one]
                self._written[one] = self.clocks.now()
        if due:
            self.write(due.__contains__)

    def _is_due(self, holder: Holder) -> bool:
        return holder not in self._written or not self._is_young(self._written[holder])

    def _is_young(self, when: Moment) -> bool:
        return self.clocks.age(when) < EVERY_SECONDS
