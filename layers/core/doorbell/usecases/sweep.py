"""Sweep: the clock and the repair. Whatever is due gets a message; the claim makes a needless one harmless.

The message is sent first and `due_at` moved after, so a crash between the two sends twice, never not at
all. Shards are swept side by side: one shard is one partition of the index, and takes a thousand writes a
second at most. Costs per swept delivery: a tenth of an SQS batch, one write (and two of the due index), a
25th of a call for it.

Who is behind is not behind by lost messages: they wait in the queue. So where many wait a delivery gets its
next message later. Else every grace would bring one more of each, and a queue longer than that would grow
faster than it is emptied, however fast that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from doorbell.domain.claims import DeliveryMessage, Due
from doorbell.domain.clocks import SQS_MAX_DELAY_SECONDS
from doorbell.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from doorbell.usecases.ports import Clock, Deliveries, DeliveriesQueue, DueIndex, Log, Metrics

LOOK_AHEAD_SECONDS = 60.0
"""One tick: what comes due before the next sweep is sent now with the delay it still has."""

BATCH = 50
"""Whole calls: five batches of messages, two of writes."""

CROWD = 500
"""Messages in the queue: for so many a delivery is left to it for another grace. So about as many in a grace
are sent in vain, however many wait."""
LONGEST_SECONDS = 6 * 3600.0


def left_to_queue(grace: float, waiting: int) -> float:
    """In seconds, for how long nobody sends another message where so many wait: the grace at least."""
    return max(grace, min(grace * (1 + waiting // CROWD), LONGEST_SECONDS))


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of one shard: how many deliveries got a message, how late the first was in seconds, whether
    time was enough for all, and what stood in the way."""

    count: int = 0
    lag: float = 0.0
    in_time: bool = True
    error: Unavailable | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """`each` maps a function over shards, side by side where it can. `waiting`: how many messages wait in the
    queue, about; raises `Unavailable`. It is asked by a shard that has a whole batch."""

    index: DueIndex
    deliveries: Deliveries
    queue: DeliveriesQueue
    clock: Clock
    metrics: Metrics
    log: Log
    grace: float
    each: Callable[[Callable[[int], Swept], Iterable[int]], Iterable[Swept]]
    waiting: Callable[[], int]

    def __call__(self, *, stop_at: float) -> int:
        """How many deliveries got a message. Goes on until nothing is due or the clock passes `stop_at`
        (epoch seconds); the next sweep takes up the rest, oldest first in every shard. Raises `Unavailable`
        when a shard met it, after the others."""
        now = self.clock()
        shards = self._shards(now)
        swept = list(self.each(lambda shard: self._sweep(shard, now, stop_at, shard == shards[0]), shards))
        count = sum(shard.count for shard in swept)
        unfinished = sum(not shard.in_time for shard in swept)
        if unfinished:
            self.log.error("sweep_unfinished", swept=count, shards=unfinished)
        self.metrics.count("Swept", count)
        self.metrics.measure("DueLag", max(0.0, *(shard.lag for shard in swept)))
        for shard in swept:
            if shard.error is not None:
                raise shard.error
        return count

    def _shards(self, now: float) -> list[int]:
        """All, beginning with another one every minute: a sweep that runs out of time starves none."""
        first = int(now // 60) % self.index.shards
        return [(first + n) % self.index.shards for n in range(self.index.shards)]

    def _sweep(self, shard: int, now: float, stop_at: float, first: bool) -> Swept:
        """`first` is not too late for one batch: a sweep that begins late moves on all the same."""
        count, lag, grace = 0, 0.0, self.grace
        if not first and self.clock() > stop_at:
            return Swept(in_time=False)
        try:
            for batch in batched(self.index.due(shard, now + LOOK_AHEAD_SECONDS), BATCH, strict=False):
                lag = max(lag, now - batch[0].due_at)
                if not count and len(batch) == BATCH:
                    grace = self._grace()
                self._send(batch, now, grace)
                count += len(batch)
                if self.clock() > stop_at:
                    return Swept(count, lag, in_time=False)
        except Unavailable as error:
            return Swept(count, lag, error=error)
        return Swept(count, lag)

    def _grace(self) -> float:
        """Who cannot be asked how many wait holds nothing up."""
        try:
            return left_to_queue(self.grace, self.waiting())
        except Unavailable as error:
            self.log.error("queue_not_counted", operation=error.operation, cause=error.cause)
            return self.grace

    def _send(self, batch: Sequence[Due], now: float, grace: float) -> None:
        self.queue.send((_message(row), _delay(row, now)) for row in batch)
        self._postpone(batch, now + LOOK_AHEAD_SECONDS, grace)

    def _postpone(self, batch: Sequence[Due], beyond: float, grace: float) -> None:
        """`beyond` what this sweep looks at, however short the grace: it would meet the row again."""
        now = self.clock()
        self.deliveries.postpone_all([(row, max(max(now, row.due_at) + grace, beyond + 1)) for row in batch])


def _message(row: Due) -> DeliveryMessage:
    return DeliveryMessage(row.key, row.tenant_id, row.attempts_made + 1)


def _delay(row: Due, now: float) -> int:
    return min(SQS_MAX_DELAY_SECONDS, max(0, -int((now - row.due_at) // 1)))
