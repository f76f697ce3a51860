"""A stack's own load, read from its counts: what a month like the last days is made of."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.reserved import INBOX_SOURCE
from doorbell.domain.rollups import (
    ACCEPTED,
    ANSWER,
    CANCELLED,
    DELIVERED,
    EXHAUSTED,
    FAILED,
    HELD,
    Holder,
    Kind,
)
from doorbell.domain.scales import BOUNDS_MS
from doorbell.domain.summaries import Rollup, added
from doorbell.signatures.vouching import PUBLISH_SOURCE
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from doorbell_cli.configuration import Kind as Items
from doorbell_cli.ops.counted import Load
from doorbell_cli.ops.counts import source_holder, stats_of
from doorbell_cli.ops.tenant_counts import kept_days
from doorbell_cli.target import Target

ITEMS, HOLDERS, DAYS = 1000, 50, 7
"""Most sources and subscriptions that are listed, and most of each whose counts are read: a Query of some 80
read units, so 8,000 in all, a tenth of a cent."""
LEAST_DAYS = 1 / 24
"""Of a stack that was just made."""
MONTH_DAYS = 30
KEPT_IN = ("ssm", "secretsmanager", "kms")
NOT_PRICED = {
    "Backfill": "true",
    "Inbox": "true",
    "KeepSuccessDetails": "true",
    "RoutingIndex": "true",
    "Tracing": "Active",
}
"""Parameters with these values add to the bill what the estimate leaves out."""
PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Measured:
    """Of `listed_sources` (`ITEMS` at most, and each tenant's own events and inbox) `sources` were read, and
    so on. What was left out is not in the load. `is_counted` false: the stack makes no counts. `not_priced`:
    its parameters that add what is not in the bill. `secrets`: by where they are; the load has
    one place for all, that of most."""

    load: Load
    sources: int
    listed_sources: int
    subscriptions: int
    listed_subscriptions: int
    days: float
    is_counted: bool
    not_priced: Sequence[str]
    secrets: Mapping[str, int]

    def json(self) -> dict[str, object]:
        read = {"sources": self.sources, "subscriptions": self.subscriptions, "days": self.days}
        listed = {"sources": self.listed_sources, "subscriptions": self.listed_subscriptions}
        said = {"is_whole": self.is_whole, "is_counted": self.is_counted}
        left_out = {"not_priced": list(self.not_priced), "secrets": dict(self.secrets)}
        return {"read": read, "listed": listed, **said, **left_out}

    @property
    def is_whole(self) -> bool:
        return (self.sources, self.subscriptions) == (self.listed_sources, self.listed_subscriptions)


def measured(target: Target, given: Load) -> Measured:
    """`given` with what the counts say: events, deliveries for each, failures, outages, answers, providers
    and secrets. A body's size is counted nowhere and stays as given."""
    sources, subscriptions = (_items(target, kind) for kind in (SOURCE, SUBSCRIPTION))
    doors, subscribers = _doors(sources, subscriptions), [_subscriber(one) for one in subscriptions]
    some, others = doors[:HOLDERS], subscribers[:HOLDERS]
    now = time.time()
    days = days_of(target, now)
    rung, sent = _all(target, some, now, days), _all(target, others, now, days)
    kinds = Counter(_kind(secret) for one in (*sources, *subscriptions) for secret in one.get("secrets", ()))
    load = replace(
        from_counts(given, rung, sent, days),
        **parameters_of(target.parameters),
        providers=max(1, len({one.get("provider") for one in sources})),
        secrets=kinds.total(),
        kept_in=kinds.most_common(1)[0][0] if kinds else given.kept_in,
    )
    left_out = [name for name, value in NOT_PRICED.items() if target.parameters.get(name) == value]
    read = (len(some), len(doors), len(others), len(subscribers))
    return Measured(load, *read, days, load.rollups, left_out, kinds)


def _kind(reference: object) -> str:
    """What is no reference, in a broken item, is taken for one of SSM."""
    service = str(reference).partition(":")[0]
    return service if service in KEPT_IN else "ssm"


def days_of(target: Target, now: float) -> float:
    """Of which there are counts: `DAYS`, less where the stack is younger or keeps them no longer."""
    kept = kept_days(target) or DAYS
    made = DAYS if target.created_at is None else (now - target.created_at) / DAY_SECONDS
    return max(LEAST_DAYS, min(DAYS, kept, made))


def _doors(sources: Sequence[Mapping[str, Any]], subscriptions: Sequence[Mapping[str, Any]]) -> list[Holder]:
    """Where events come in: the sources, and each tenant's own events and inbox, which are no items."""
    tenants = dict.fromkeys(source_holder(one).tenant_id for one in (*sources, *subscriptions))
    own = (Holder(Kind.SOURCE, tenant, name) for tenant in tenants for name in (PUBLISH_SOURCE, INBOX_SOURCE))
    return [*(source_holder(one) for one in sources), *own]


def parameters_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Those of the stack that have a price."""
    return {
        "history": given.get("History", "all"),
        "dashboard": given.get("CloudWatchDashboard") == "true",
        "platform_logs": given.get("PlatformLogs", "true") == "true",
        "quiet": given.get("LogLevel", "INFO") in ("WARNING", "ERROR"),
        "retention_days": float(given.get("RetentionDays", 30)),
        "rollups": given.get("RollupDays", "14") != "0",
        "side_by_side": max(5.0, float(given.get("DispatcherBatchSize", 10)) / 2),
    }


def from_counts(given: Load, rung: Rollup, sent: Rollup, days: float = DAYS) -> Load:
    """`rung` are all sources' counts of so many `days`, `sent` all subscriptions'."""
    ended = sum(sent[name] for name in (DELIVERED, EXHAUSTED, CANCELLED))
    events = rung[ACCEPTED]
    return replace(
        given,
        events=events * MONTH_DAYS / days,
        fanout=ended / events if events else 0.0,
        retries=sum(sent.by(FAILED).values()) / ended if ended else 0.0,
        outages=min(1.0, sent.by(HELD).get(PARKED, 0) / ended) if ended else 0.0,
        latency_ms=_mean_ms(sent.counts) or given.latency_ms,
    )


def _mean_ms(counts: Mapping[str, int]) -> float:
    """Of the answers. Each is taken for the middle of its bucket; 0 where there is none."""
    answers = {int(n[1:]): count for n, count in counts.items() if n[0] == ANSWER and n[1:].isdecimal()}
    total = sum(answers.values())
    middles = {n: (BOUNDS_MS[n] + (BOUNDS_MS[n - 1] if n else 0)) / 2 for n in answers}
    return sum(middles[n] * count for n, count in answers.items()) / total if total else 0.0


def _all(target: Target, holders: Iterable[Holder], now: float, days: float) -> Rollup:
    stats, since = stats_of(target), now - days * DAY_SECONDS
    return added(since, (stats.whole(holder, since, now) for holder in holders))


def _subscriber(values: Mapping[str, Any]) -> Holder:
    return Holder(Kind.SUBSCRIPTION, str(values.get("tenant_id")), str(values.get("subscription_id")))


def _items(target: Target, kind: Items) -> list[dict[str, Any]]:
    return [stored.values for stored in islice(kind.table(target).all(), ITEMS)]
