"""Status: how subscriptions stand, by reading alone.

One subscription is six calls with 5,000 deliveries on record. A waiting list is eight to eleven more; where
it is scanned for first one to three, and up to fourteen where much is on record. A tenant's are six, and one
for each hundred subscriptions. Every walk has an end, however many deliveries there are, and what it found
says whether there is more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.errors import ConfigError
from doorbell.domain.health import Health, of_url
from doorbell.domain.log import Missed
from doorbell.domain.replays import Cursor, Kept, MissedPage, Selection, next_key
from doorbell.domain.standing import Listed, Lost, Pending, Standing
from doorbell.domain.subscriptions import Subscription, scoped
from doorbell.domain.trials import TEST_OVER
from doorbell.usecases.ports import Clock

SEEN = 100
"""Pending deliveries that are read in full: a call."""
MISSED = 5000
"""Of what was lost, newest first: a page."""


class Written(Protocol):
    @property
    def values(self) -> dict[str, Any]: ...


class Items(Protocol):
    def get(self, *key: str) -> Written | None: ...
    def all(self, tenant_id: str | None = None) -> Iterator[Written]: ...


class PendingDeliveries(Protocol):
    def pending(self, tenant_id: str, subscription_id: str | None = None) -> Pending: ...


class WaitingLists(Protocol):
    def listed(self, endpoint_id: str) -> Listed: ...


class Deliveries(Protocol):
    def by_key(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Delivery]: ...


class Healths(Protocol):
    def healths(self, endpoint_ids: Sequence[str]) -> Mapping[str, Health]: ...


class MissedLog(Protocol):
    def page(
        self, selection: Selection, after: Cursor | None, limit: int, *, newest_first: bool = False
    ) -> MissedPage: ...

    def of_tenant(self, tenant_id: str, since: float) -> tuple[Sequence[Missed], bool]: ...


class Replays(Protocol):
    def kept(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Kept]: ...


@dataclass(frozen=True, slots=True)
class Status:
    """`load` makes a subscription of an item's values; raises `ConfigError`."""

    items: Items
    load: Callable[[Mapping[str, Any]], Subscription]
    pending: PendingDeliveries
    lists: WaitingLists
    deliveries: Deliveries
    healths: Healths
    missed: MissedLog
    replays: Replays
    clock: Clock

    def of(self, tenant_id: str, subscription_id: str, since: float) -> Standing:
        """One subscription, also one that is not there any more. `since`: of what is lost."""
        name = scoped(tenant_id, subscription_id)
        found = self.items.get(tenant_id, subscription_id)
        health = self.healths.healths([name]).get(name, Health())
        pending = self.pending.pending(tenant_id, subscription_id)
        until = max(self.clock(), since)
        page = self.missed.page(
            Selection(tenant_id, subscription_id, since, until), None, MISSED, newest_first=True
        )
        lost = self._looked_up(Lost(since, _missed(page.rows), page.after is not None))
        seen = self.deliveries.by_key([row.key for row in pending.telling(SEEN)])
        listed = None if health.wake is None else self.lists.listed(name)
        standing = Standing(tenant_id, subscription_id, health, pending, lost, exists=False, listed=listed)
        return self._described(
            replace(standing, seen=_pending(seen.values())), None if found is None else found.values
        )

    def all(self, tenant_id: str, since: float) -> Sequence[Standing]:
        """Every subscription of a tenant, and those of which something is left; in order of their id."""
        items = {str(item.values["subscription_id"]): item.values for item in self.items.all(tenant_id)}
        pending = self.pending.pending(tenant_id)
        rows = {name: replace(pending, rows=found) for name, found in _by_subscription(pending.rows).items()}
        lost, more = self.missed.of_tenant(tenant_id, since)
        missed = _by_subscription(_missed(lost))
        names = sorted({*items, *rows, *missed})
        healths = self.healths.healths([scoped(tenant_id, name) for name in names])
        each = max(1, SEEN // max(1, len(rows)))
        keys = [row.key for one in rows.values() for row in one.telling(each)]
        seen = self.deliveries.by_key(keys[:SEEN])
        seen_of = _by_subscription(seen.values())
        standings = []
        for name in names:
            standing = Standing(
                tenant_id,
                name,
                healths.get(scoped(tenant_id, name), Health()),
                rows.get(name, replace(pending, rows=())),
                Lost(since, missed.get(name, ()), more),
                exists=False,
                seen=_pending(seen_of.get(name, ())),
            )
            standings.append(self._described(standing, items.get(name)))
        return standings

    def _looked_up(self, lost: Lost) -> Lost:
        keys = [next_key(row) for row in lost.rows[:SEEN]]
        return replace(lost, looked_up=len(keys), replayed=len(self.replays.kept(keys)) if keys else 0)

    def _described(self, standing: Standing, values: Mapping[str, Any] | None) -> Standing:
        """With what its item says. A health that is about another URL says nothing of this one."""
        if values is None:
            return standing
        reason = values.get("disabled_reason")
        standing = replace(
            standing,
            exists=True,
            enabled=values.get("enabled", True) is not False,
            off_reason=None if reason is None else str(reason),
            off_since=_moment(values.get("disabled_at")),
            paused=values.get("paused") is True,
            paused_since=_moment(values.get("paused_at")),
        )
        try:
            subscription = self.load(values)
        except ConfigError:
            return standing
        return replace(
            standing,
            health=of_url(standing.health, subscription.url),
            attempts_allowed=len(subscription.retry.schedule),
            rate_limit_per_second=subscription.rate_limit_per_second,
        )


def _moment(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _missed(rows: Iterable[Missed]) -> Sequence[Missed]:
    """Without the tests that failed: nobody waits for what they sent."""
    return [row for row in rows if row.reason != TEST_OVER]


def _pending(found: Iterable[Delivery]) -> Sequence[Delivery]:
    """The index lags: what has ended meanwhile waits for nothing."""
    return [delivery for delivery in found if not delivery.state.terminal]


def _by_subscription[Row: Any](rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.key.subscription_id, []).append(row)
    return found
