"""Write roll-ups: what a batch has counted, once.

The work is done by then, and nothing of it hangs on this: what goes wrong is logged, counted, and the counts
are lost. They are not kept for another try: the write may have taken effect. A store that fails is left alone
for a minute, so that no batch after it waits for it.

Costs one write unit for each source or subscription that the batch had to do with, and five minutes: at ten
deliveries of one endpoint in a batch 0.1 for each, at one delivery in a batch 1.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.domain.errors import DoorbellError
from doorbell.domain.rollups import Counts, Holder
from doorbell.usecases.ports import Log, Metrics
from doorbell.usecases.tally import Place, Tally

PAUSE_SECONDS = 60.0
"""How long a store that has failed is left alone."""

type Counted = tuple[Place, Counts]
type Each = Callable[[Callable[[Counted], None], Iterable[Counted]], Iterator[None]]
"""`map`, or a pool's."""


class Rollups(Protocol):
    def add(self, holder: Holder, at: int, counts: Counts) -> None:
        """To what is there of the five minutes from `at` on."""


@dataclass(slots=True)
class WriteRollups:
    """Raises nothing."""

    tally: Tally
    store: Rollups
    metrics: Metrics
    log: Log
    each: Each = map
    clocks: Clocks = CLOCKS
    _failed: Moment = NEVER

    def __call__(self, of: Callable[[Holder], bool] | None = None) -> None:
        """All that is counted, or that of some holders."""
        counted = list(self.tally.taken(of).items())
        if counted and self.clocks.age(self._failed) < PAUSE_SECONDS:
            self.metrics.count("RollupsLost", len(counted))
            return
        for _ in self.each(self._write, counted):
            pass

    def _write(self, one: Counted) -> None:
        (holder, at), counts = one
        try:
            self.store.add(holder, at, counts)
        except Exception as error:  # what was delivered, recorded or refused stays so
            self._failed = self.clocks.now()
            cause = str(error) if isinstance(error, DoorbellError) else type(error).__name__
            self.metrics.count("RollupsLost")
            self.log.error("rollup_lost", holder=holder.key, cause=cause)
