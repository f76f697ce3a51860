"""Following the event log: its index lags, so each look goes back a little and shows nothing twice."""

from collections.abc import Iterator

from doorbell.domain.log import LogRow
from doorbell.store.events.event_log import EventLog

OVERLAP_SECONDS = 10.0


class Tail:
    """Remembers what was recorded since where the next look begins: all of it, however much, and no more."""

    def __init__(self, log: EventLog, tenant_id: str, since: float) -> None:
        self._log, self._tenant, self._since = log, tenant_id, since
        self._shown: dict[str, float] = {}

    def next(self, now: float) -> Iterator[LogRow]:
        """What has not been shown yet, oldest first."""
        for row in self._log.between(self._tenant, self._since, now):
            if row.event_id not in self._shown:
                self._shown[row.event_id] = row.created_at
                yield row
        self._since = max(self._since, now - OVERLAP_SECONDS)
        self._shown = {name: at for name, at in self._shown.items() if at >= self._since}
