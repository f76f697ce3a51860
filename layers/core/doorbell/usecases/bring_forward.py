"""Bring forward: a subscription is off or gone, and what waits for it ends soon instead of each at its time.

The endpoint's list is looked at next, and lets everybody out; whoever waits for its own time gets another,
near one. Then the sweeper and the dispatcher do what they always do: they find that it is off, and cancel.
Nothing is cancelled here, so who is switched on again meanwhile loses nothing: it is tried earlier.

It waits for a moment: an environment that has the subscription as it was, on, would send. An attempt that is
under way comes to its end; if it fails, its next is cancelled when it comes due.

Costs a walk of the due index, some 400 read units at most, and three write units for each of the first
thousand.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from doorbell.domain.claims import Due
from doorbell.domain.errors import Unavailable
from doorbell.domain.standing import Pending
from doorbell.domain.subscriptions import scoped
from doorbell.usecases.ports import Clock, Log, Metrics

SEEN_SECONDS = 30.0
"""By then every environment has read that it is off: each keeps a subscription for ten seconds."""
SOON_SECONDS = 90.0
"""Who comes up so soon need not be moved."""
MOST = 1000
"""It must be done while somebody waits for an answer."""


class PendingDeliveries(Protocol):
    def pending(self, tenant_id: str, subscription_id: str | None = None) -> Pending: ...


class Hasten(Protocol):
    def __call__(self, row: Due, at: float, now: float) -> bool:
        """Have it come up at `at`, if it is pending, due as it was seen, on no list and nobody's now."""


@dataclass(frozen=True, slots=True)
class BringForward:
    """`look`: have the endpoint's list looked at, if it has one, at that time. `each` maps a function over
    rows, side by side where it can."""

    pending: PendingDeliveries
    look: Callable[[str, str, float], object]
    hasten: Hasten
    each: Callable[[Callable[[Due], bool], Sequence[Due]], Iterable[bool]]
    clock: Clock
    metrics: Metrics
    log: Log

    def __call__(self, tenant_id: str, subscription_id: str) -> int:
        """How many come up sooner than they would have. Raises nothing: the item is written, and what is not
        brought forward comes up at its own time; the log says so."""
        now, count = self.clock(), 0
        try:
            self.look(tenant_id, subscription_id, now + SEEN_SECONDS)
            found = self.pending.pending(tenant_id, subscription_id)
            later = [row for row in found.rows if row.due_at > now + SOON_SECONDS]
            rows = list(islice(later, MOST))
            count = sum(self.each(lambda row: self.hasten(row, now + SEEN_SECONDS, now), rows))
        except Unavailable as error:
            self.metrics.count("NotBroughtForward")
            name = scoped(tenant_id, subscription_id)
            self.log.error("not_brought_forward", subscription=name, cause=str(error))
        self.log.info("brought_forward", subscription=subscription_id, count=count)
        return count
