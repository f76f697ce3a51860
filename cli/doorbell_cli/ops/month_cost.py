"""What a tenant's events have cost so far this month, by service: a bill of what was counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.rollups import ACCEPTED
from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.counted import KIB, Line, Load, prices
from doorbell_cli.ops.measured import MONTH_DAYS, from_counts, parameters_of
from doorbell_cli.ops.tenant_counts import TenantCounts, kept_days, month_began
from doorbell_cli.target import Target

BODY_BYTES = 4 * KIB
"""Of a body, whose size is counted nowhere: what `doorbell cost` takes unless it is told."""
LEAST_SECONDS = 300.0
"""Of a month that has just begun."""


@dataclass(frozen=True, slots=True)
class Part:
    """A service: what the tenant's events have cost, and what the stack has with no event, in USD."""

    service: str
    of_events: float
    of_stack: float


@dataclass(frozen=True, slots=True)
class MonthCost:
    """Since `began`, epoch seconds. `counted_since` is later where counts are kept no longer: the days before
    are taken to be like those since. `events`: accepted since then. `is_counted` false: the stack makes no
    counts."""

    parts: Sequence[Part]
    began: float
    counted_since: float
    events: int
    is_counted: bool
    region: str
    as_of: str

    @property
    def of_events(self) -> float:
        return sum(part.of_events for part in self.parts)

    @property
    def of_stack(self) -> float:
        return sum(part.of_stack for part in self.parts)


def month_cost(target: Target, found: TenantCounts, now: float) -> MonthCost:
    """No call. The pace of the time that was counted makes a month's bill, and of that the share that has
    passed."""
    began = month_began(now)
    since = max(began, now - kept_days(target) * DAY_SECONDS)
    days = max(now - since, LEAST_SECONDS) / DAY_SECONDS
    given = replace(Load(0, 0, BODY_BYTES, 0), **parameters_of(target.parameters))
    load = from_counts(given, found.month, found.month, days)
    load = replace(load, providers=max(1, found.providers), secrets=found.secrets)
    passed = (now - began) / (MONTH_DAYS * DAY_SECONDS)
    whole, idle = _by_service(bill(load)), _by_service(bill(replace(load, events=0)))
    parts = [
        Part(name, (usd - idle.get(name, 0.0)) * passed, idle.get(name, 0.0) * passed)
        for name, usd in whole.items()
    ]
    listed = prices()
    return MonthCost(
        [part for part in parts if part.of_events or part.of_stack],
        began,
        since,
        found.month[ACCEPTED],
        bool(kept_days(target)),
        listed["region"],
        listed["as_of"],
    )


def _by_service(lines: Iterable[Line]) -> dict[str, float]:
    total = dict[str, float]()
    for line in lines:
        total[line.service] = total.get(line.service, 0.0) + line.usd
    return total
