"""What happened at a subscription or a source, hour by hour, and how long it took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.rollups import (
    ACCEPTED,
    ANSWER,
    CANCELLED,
    DELIVERED,
    DUPLICATES,
    EXHAUSTED,
    FAILED,
    HELD,
    LATENCY,
    REFUSED,
    Kind,
)
from doorbell.domain.summaries import Rollup, added
from doorbell_cli.ops.counts import duration, in_words

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
    by_hour = {int(row.at // HOUR): row for row in rows}
    titles, cells = (_SOURCE, _of_source) if kind is Kind.SOURCE else (_SUBSCRIPTION, _of_subscription)
    every = range(int(since // HOUR), int(until // HOUR) + 1)
    hours = [_hour(kind, by_hour.get(hour, Rollup(hour * HOUR)), cells, hour * HOUR) for hour in every]
    whole = dict(zip(titles, cells(added(since, rows)), strict=True))
    good, bad = ("accepted", "refused") if kind is Kind.SOURCE else ("delivered", "failed attempts")
    return Counts(titles, hours, whole, good, bad)


def _hour(kind: Kind, row: Rollup, cells: Callable[[Rollup], Sequence[str]], at: float) -> Hour:
    if kind is Kind.SOURCE:
        return Hour(at, row[ACCEPTED], sum(row.by(REFUSED).values()), cells(row))
    return Hour(at, row[DELIVERED], sum(row.by(FAILED).values()), cells(row))


_SOURCE = ("accepted", "duplicates", "refused")
_SUBSCRIPTION = (
    "delivered", "failed attempts", "exhausted", "cancelled", "held back",
    "ingest to delivery", "its own answer",
)  # fmt: skip


def _of_source(row: Rollup) -> Sequence[str]:
    return [f"{row[ACCEPTED]:,}", f"{row[DUPLICATES]:,}", in_words(row.by(REFUSED))]


def _of_subscription(row: Rollup) -> Sequence[str]:
    return [
        f"{row[DELIVERED]:,}",
        in_words(row.by(FAILED)),
        f"{row[EXHAUSTED]:,}",
        f"{row[CANCELLED]:,}",
        in_words(row.by(HELD)),
        _times(row, LATENCY),
        _times(row, ANSWER),
    ]


def _times(row: Rollup, scale: str) -> str:
    found = row.percentiles_ms(scale)
    if found.get(95) is None:
        return "–"
    return ", ".join(f"p{percent} {duration(ms)}" for percent, ms in found.items())
