"""What happened at a subscription or a source, hour by hour, and how long it took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.rollups import ACCEPTED, DELIVERED, FAILED, REFUSED, Kind
from doorbell.domain.summaries import Rollup, added
from doorbell_cli.ops.counts import source_fields, subscription_fields

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Hour:
    """`at`: its beginning, epoch seconds. `good` and `bad` are what the picture shows; `cells` the table."""

    at: float
    good: int
    bad: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """`hours` has every hour, oldest first. `whole`: all of them in one, by name."""

    titles: Sequence[str]
    hours: Sequence[Hour]
    whole: Mapping[str, str]
    good: str
    bad: str


def counts(kind: Kind, rows: Sequence[Rollup], since: float, until: float) -> Counts:
    """`rows`: the hours in which something happened."""
    fields = source_fields if kind is Kind.SOURCE else subscription_fields
    hours = [_hour(kind, row, fields) for row in every_hour(rows, since, until)]
    whole = fields(added(since, rows))
    good, bad = ("accepted", "refused") if kind is Kind.SOURCE else ("delivered", "failed attempts")
    return Counts(list(whole), hours, whole, good, bad)


def every_hour(rows: Sequence[Rollup], since: float, until: float) -> Sequence[Rollup]:
    """`rows`, and an empty one for each hour in which nothing happened; oldest first."""
    by_hour = {int(row.at // HOUR): row for row in rows}
    found = (
        (hour, by_hour.get(hour, Rollup(0))) for hour in range(int(since // HOUR), int(until // HOUR) + 1)
    )
    return [Rollup(hour * HOUR, row.counts) for hour, row in found]


def _hour(kind: Kind, row: Rollup, fields: Callable[[Rollup], Mapping[str, str]]) -> Hour:
    cells = list(fields(row).values())
    if kind is Kind.SOURCE:
        return Hour(row.at, row[ACCEPTED], sum(row.by(REFUSED).values()), cells)
    return Hour(row.at, row[DELIVERED], sum(row.by(FAILED).values()), cells)
