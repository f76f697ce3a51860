"""Following the event log: its index lags, so each look goes back a little and shows nothing twice."""

from collections import OrderedDict
from collections.abc import Iterator

from doorbell.domain.log import LogRow
from doorbell.store.event_log import EventLog

OVERLAP_SECONDS = 10.0
REMEMBERED = 10_000


class Tail:
    def __init__(self, log: EventLog, tenant_id: str, since: float) -> None:
        self._log, self._tenant, self._since = log, tenant_id, since
        self._seen: OrderedDict[str, None] = OrderedDict()

    def next(self, now: float) -> Iterator[LogRow]:
        """What has not been shown yet, oldest first."""
        for row in self._log.between(self._tenant, self._since, now):
            if row.event_id not in self._seen:
                self._seen[row.event_id] = None
                yield row
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        self._since = max(self._since, now - OVERLAP_SECONDS)
