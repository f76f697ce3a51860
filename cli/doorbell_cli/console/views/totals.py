"""What happened at a tenant in the last hour, day and week, and how long deliveries took in each hour."""

from collections.abc import Sequence
from dataclasses import dataclass

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.rollups import ACCEPTED, DELIVERED, EXHAUSTED, FAILED, LATENCY
from doorbell.domain.summaries import Rollup
from doorbell_cli.console.views.counts import HOUR, every_hour
from doorbell_cli.ops.counts import duration, in_words
from doorbell_cli.ops.tenant_counts import TenantCounts


@dataclass(frozen=True, slots=True)
class Total:
    """`failed`: attempts, by class. `exhausted`: deliveries that were given up."""

    name: str
    accepted: int
    delivered: int
    failed: str
    exhausted: int
    p50: str
    p95: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How long half of an hour's deliveries took at most, and 95 of 100, in milliseconds; None: there were
    none. `at`: its beginning, epoch seconds."""

    at: float
    count: int
    p50: int | None
    p95: int | None

    @property
    def told(self) -> tuple[str, str]:
        return duration(self.p50), duration(self.p95)


@dataclass(frozen=True, slots=True)
class Totals:
    """`paces`: of every hour of the last day, oldest first. `of`: what was added up, `at` epoch seconds."""

    totals: Sequence[Total]
    paces: Sequence[Pace]
    of: str
    more: bool
    at: float

    @property
    def is_timed(self) -> bool:
        return any(pace.p50 is not None for pace in self.paces)


def totals(found: TenantCounts, now: float) -> Totals:
    rows = {"hour": found.hour, "day": found.day, "7 days": found.week}
    hours = every_hour(found.hours, now - DAY_SECONDS + HOUR, now)
    of = f"{found.sources:,} sources and {found.subscriptions:,} subscriptions"
    return Totals(
        [_total(name, row) for name, row in rows.items()], [_pace(one) for one in hours], of, found.more, now
    )


def _total(name: str, row: Rollup) -> Total:
    times = row.percentiles_ms(LATENCY)
    failed = in_words(row.by(FAILED))
    p50, p95 = duration(times[50]), duration(times[95])
    return Total(name, row[ACCEPTED], row[DELIVERED], failed, row[EXHAUSTED], p50, p95)


def _pace(row: Rollup) -> Pace:
    times = row.percentiles_ms(LATENCY)
    return Pace(row.at, row[DELIVERED], times[50], times[95])
