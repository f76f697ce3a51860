"""Left out: what a replay of many does not send, as there is no delivery to send again: events that came
while the subscription was off, or before it was made. Counted when somebody asks: a walk of those hours of
the event log, and a read of half a unit for each event that it would have wanted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Protocol

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.log import LogRow
from doorbell.domain.matching import match
from doorbell.domain.replays import Kept
from doorbell.domain.subscriptions import Subscription

type Span = tuple[float, float]

LOOKED_AT = 10_000
"""Events, at most: of more it is said that there are more."""
BATCH = 100


class EventLogs(Protocol):
    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]: ...


class Deliveries(Protocol):
    def kept(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Kept]: ...


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Events by why they are left out. They have its sources and types; its filter is not asked. `more`:
    there may be others."""

    off: int = 0
    not_made: int = 0
    more: bool = False

    @property
    def count(self) -> int:
        return self.off + self.not_made


@dataclass(frozen=True, slots=True)
class CountLeftOut:
    log: EventLogs
    deliveries: Deliveries

    def __call__(
        self,
        subscription: Subscription,
        made_at: float | None,
        off: Sequence[Span],
        since: float,
        until: float,
    ) -> LeftOut:
        """Of events recorded in [since, until]. `made_at` None: its item does not say. `off`: when it was."""
        left, found = LOOKED_AT, []
        born = since if made_at is None else min(max(made_at, since), until)
        for spans in (_union([(since, born)]), _union([(max(a, born), min(b, until)) for a, b in off])):
            looked_at, count = self._count(subscription, spans, left)
            left -= looked_at
            found.append(count)
        return LeftOut(off=found[1], not_made=found[0], more=left <= 0)

    def _count(self, subscription: Subscription, spans: Sequence[Span], most: int) -> tuple[int, int]:
        """How many events were looked at, and how many of them it would have wanted and did not get."""
        looked_at, count = 0, 0
        rows = (row for a, b in spans for row in self.log.between(subscription.tenant_id, a, b))
        for batch in batched(rows, BATCH, strict=False):
            keys = [_key(row, subscription) for row in batch if _wants(subscription, row)]
            count += len(keys) - len(self.deliveries.kept(keys)) if keys else 0
            looked_at += len(batch)
            if looked_at >= most:
                break
        return looked_at, count


def _wants(subscription: Subscription, row: LogRow) -> bool:
    found = match(
        subscription, source_id=row.source_id, event_type=row.event_type, passes=lambda expression: True
    )
    return found.matched


def _key(row: LogRow, subscription: Subscription) -> DeliveryKey:
    return DeliveryKey(row.event_id, subscription.subscription_id)


def _union(spans: Sequence[Span]) -> Sequence[Span]:
    """Without the empty ones; what overlaps is one."""
    joined: list[Span] = []
    for a, b in sorted(span for span in spans if span[0] < span[1]):
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined
