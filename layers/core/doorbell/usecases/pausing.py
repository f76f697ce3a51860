"""Pausing: what a look does at the list of a subscription or a source that is paused. Nobody
goes; it is looked at again in five minutes, and told to the operators before the first is given up, as its
event is kept no longer.

Costs a look: three write units, as any; a read of the one that waits longest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.health import Health
from doorbell.domain.holders import source_in
from doorbell.domain.pauses import must_be_told
from doorbell.domain.shelves import Shelved
from doorbell.domain.transitions import kept_until
from doorbell.domain.wakes import Wake, in_pause
from doorbell.usecases.ports import Endpoints, Log, Notices
from doorbell.usecases.ports_of_waiting import Shelves

ANY_TIME = 1e11


class Deliveries(Protocol):
    def by_key(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Delivery]: ...


@dataclass(frozen=True, slots=True)
class Pausing:
    endpoints: Endpoints
    shelves: Shelves
    deliveries: Deliveries
    notices: Notices
    log: Log

    def __call__(self, name: str, health: Health, wake: Wake, now: float) -> bool:
        """False: nobody waits. The days of nothing but failure do not run: they begin anew."""
        first = self.shelves.waiting(name, None, ANY_TIME, 1).rows[:1]
        if not first:
            return False
        ends_at, asleep = self._ends_at(first[0]), in_pause(wake, now)
        is_news = ends_at is not None and must_be_told(ends_at, wake.told_at, now)
        asleep = replace(asleep, told_at=now) if is_news else asleep
        if self.endpoints.write_health(name, replace(health, failing_since=None, wake=asleep)) and is_news:
            self.log.error("pause_outlasts", endpoint=name, until=ends_at)
            self._tell(name, ends_at)
        return True

    def _tell(self, name: str, ends_at: float | None) -> None:
        tenant_id, _, within = name.partition("/")
        if (source_id := source_in(within)) is None:
            self.notices.publish("subscription.pause_outlasts", {"endpoint": name, "until": ends_at})
        else:
            whose = {"source": source_id, "tenant": tenant_id}
            self.notices.publish("source.pause_outlasts", {**whose, "until": ends_at})

    def _ends_at(self, row: Shelved) -> float | None:
        """When it would be given up in the pause."""
        delivery = self.deliveries.by_key([row.key]).get(row.key)
        return None if delivery is None else kept_until(delivery)
