"""What happened at a tenant in the last hour, day and week, and in this month as far as counts are kept: the
roll-ups of its sources and subscriptions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.reserved import INBOX_SOURCE
from doorbell.domain.rollups import BUCKET_SECONDS, Holder, Kind, bucket_at
from doorbell.domain.summaries import Rollup, added
from doorbell.signatures.vouching import PUBLISH_SOURCE
from doorbell.store.configuration.config_tables import Stored
from doorbell.usecases.stats import Step
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from doorbell_cli.ops.counts import source_holder, stats_of
from doorbell_cli.target import Target

MOST = 25
"""Sources and subscriptions each, whose counts are read: a Query for each of a holder's four keys, 80 read
units where each of them is busy for a week, and as much again late in a month."""
LOOKED_AT = 1_000
"""Sources of everybody that are looked at, by one Scan."""
SIDE_BY_SIDE = 8
HOUR_SECONDS = 3600
WEEK_SECONDS = 7 * DAY_SECONDS


@dataclass(frozen=True, slots=True)
class TenantCounts:
    """Counts since an hour, a day and a week ago, the five minutes that these began in as a whole. `month`:
    since this month began (UTC), or for as long as counts are kept, the later. `hours`: those of the last day
    in which something happened, newest first. `sources` and `subscriptions`: how many were added up; `more`:
    there are others. `providers` and `secrets`: of those that were."""

    hour: Rollup
    day: Rollup
    week: Rollup
    month: Rollup
    hours: Sequence[Rollup]
    sources: int
    subscriptions: int
    more: bool
    providers: int
    secrets: int


def tenant_counts(target: Target, tenant_id: str, now: float) -> TenantCounts:
    """A Scan, a Query, and four for each of up to twice `MOST` holders."""
    sources, more_sources = SOURCE.table(target).page(tenant_id, limit=LOOKED_AT)
    found, more_found = SUBSCRIPTION.table(target).page(tenant_id, limit=MOST)
    mine = sources[:MOST]
    holders = [source_holder(one.values) for one in mine]
    holders += [_subscription(tenant_id, one) for one in found]
    holders += [Holder(Kind.SOURCE, tenant_id, name) for name in _without_item(target)]
    month = max(month_began(now), now - kept_days(target) * DAY_SECONDS)
    buckets = _buckets(target, holders, min(month, now - WEEK_SECONDS), now)
    return TenantCounts(
        _since(buckets, now - HOUR_SECONDS),
        _since(buckets, now - DAY_SECONDS),
        _since(buckets, now - WEEK_SECONDS),
        _since(buckets, month),
        _hours(buckets, now - DAY_SECONDS + HOUR_SECONDS),
        len(mine),
        len(found),
        more_sources is not None or more_found is not None or len(sources) > MOST,
        len({one.values.get("provider") for one in mine}),
        sum(_secrets(one.values) for one in (*mine, *found)),
    )


def month_began(now: float) -> float:
    """Epoch seconds, UTC."""
    today = datetime.fromtimestamp(now, UTC)
    return datetime(today.year, today.month, 1, tzinfo=UTC).timestamp()


def kept_days(target: Target) -> float:
    """For how long the stack keeps counts; 0: it makes none."""
    return float(target.parameters.get("RollupDays", 14))


def _without_item(target: Target) -> Sequence[str]:
    """Where a tenant's own events come in."""
    return (PUBLISH_SOURCE, INBOX_SOURCE) if "InboxQueueUrl" in target.outputs else (PUBLISH_SOURCE,)


def _subscription(tenant_id: str, stored: Stored) -> Holder:
    return Holder(Kind.SUBSCRIPTION, tenant_id, str(stored.values["subscription_id"]))


def _secrets(values: Mapping[str, Any]) -> int:
    """Of an item, which may be broken."""
    found = values.get("secrets")
    return len(found) if isinstance(found, list) else 0


def _buckets(target: Target, holders: Sequence[Holder], since: float, now: float) -> Sequence[Rollup]:
    """Of all holders together, each five minutes once, newest first."""
    stats, most = stats_of(target), int(now - since) // BUCKET_SECONDS + 2

    def of(holder: Holder) -> Sequence[Rollup]:
        return stats.page(holder, since, now, Step.BUCKET, most).rows

    total = dict[float, Counter[str]]()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for rows in pool.map(of, holders):
            for row in rows:
                total.setdefault(row.at, Counter()).update(row.counts)
    return [Rollup(at, total[at]) for at in sorted(total, reverse=True)]


def _since(buckets: Iterable[Rollup], since: float) -> Rollup:
    first = bucket_at(since)
    return added(first, (one for one in buckets if one.at >= first))


def _hours(buckets: Iterable[Rollup], since: float) -> Sequence[Rollup]:
    first, by_hour = since // HOUR_SECONDS * HOUR_SECONDS, dict[float, list[Rollup]]()
    for one in buckets:
        if one.at >= first:
            by_hour.setdefault(one.at // HOUR_SECONDS * HOUR_SECONDS, []).append(one)
    return [added(at, parts) for at, parts in by_hour.items()]
