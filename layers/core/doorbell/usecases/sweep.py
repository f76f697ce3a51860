"""Sweep: the clock and the repair. Whatever is due gets a message; the claim makes a needless one harmless.

The message is sent first and `due_at` moved after, so a crash between the two sends twice, never not at
all. Costs per swept delivery: a tenth of an SQS batch and one write (and two of the due index).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import batched

from doorbell.domain.claims import DeliveryMessage, Due
from doorbell.domain.clocks import SQS_MAX_DELAY_SECONDS
from doorbell.usecases.ports import Clock, Deliveries, DeliveriesQueue, DueIndex, Log, Metrics

LOOK_AHEAD_SECONDS = 60.0
"""One tick: what comes due before the next sweep is sent now with the delay it still has."""

BATCH = 100


@dataclass(frozen=True, slots=True)
class Sweep:
    """`each` maps a function over items, side by side where it can."""

    index: DueIndex
    deliveries: Deliveries
    queue: DeliveriesQueue
    clock: Clock
    metrics: Metrics
    log: Log
    grace: float
    each: Callable[[Callable[[Due], bool], Iterable[Due]], Iterable[bool]]

    def __call__(self, *, stop_at: float) -> int:
        """How many deliveries got a message. Goes on until nothing is due or the clock passes `stop_at`
        (epoch seconds); the next sweep takes up the rest, oldest first in every shard."""
        now = self.clock()
        swept, lag = 0, 0.0
        for shard in self._shards(now):
            for batch in batched(self.index.due(shard, now + LOOK_AHEAD_SECONDS), BATCH, strict=False):
                lag = max(lag, now - batch[0].due_at)
                self._send(batch, now)
                swept += len(batch)
                if self.clock() > stop_at:
                    self.log.error("sweep_unfinished", swept=swept, shard=shard)
                    return self._done(swept, lag)
        return self._done(swept, lag)

    def _done(self, swept: int, lag: float) -> int:
        self.metrics.count("Swept", swept)
        self.metrics.measure("DueLag", max(0.0, lag))
        return swept

    def _shards(self, now: float) -> list[int]:
        """All, beginning with another one every minute: a sweep that runs out of time starves none."""
        first = int(now // 60) % self.index.shards
        return [(first + n) % self.index.shards for n in range(self.index.shards)]

    def _send(self, batch: Iterable[Due], now: float) -> None:
        rows = list(batch)
        self.queue.send((_message(row), _delay(row, now)) for row in rows)
        for _ in self.each(self._postpone, rows):
            pass

    def _postpone(self, row: Due) -> bool:
        return self.deliveries.postpone(row.key, row.due_at, max(self.clock(), row.due_at) + self.grace)


def _message(row: Due) -> DeliveryMessage:
    return DeliveryMessage(row.key, row.tenant_id, row.attempts_made + 1)


def _delay(row: Due, now: float) -> int:
    return min(SQS_MAX_DELAY_SECONDS, max(0, -int((now - row.due_at) // 1)))
