"""What happened in the last day, hour by hour: a part of a subscription's and of a source's page, read after
it, and a page of its own."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.domain.rollups import Holder, Kind
from doorbell.usecases.stats import Step
from doorbell_cli.console.charts.bars import Bar, bars
from doorbell_cli.console.charts.heat import Column, heat
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.views.counts import Counts, Hour, counts, every_hour
from doorbell_cli.console.views.latency import Latency, latency
from doorbell_cli.ops.counts import stats_of

HOURS = 24
LATENCY = "From ingest to delivery, by hour: how many took up to how long"


def hourly(desk: Desk, request: Request) -> Response:
    """One Query for each 1 MB of counts: a day of a busy holder is 86 KB."""
    now, (kind, tenant, name) = (
        desk.clock(),
        (request.path_params[part] for part in ("kind", "tenant", "name")),
    )
    if kind not in set(Kind):
        raise Refusal(404, "unknown_page", "There is no such page.")
    holder, since = Holder(Kind(kind), tenant, name), now - (HOURS - 1) * 3600
    rows = stats_of(desk.target).page(holder, since // 3600 * 3600, now, Step.HOUR, HOURS).rows
    shown, times = counts(holder.kind, rows, since, now), latency(every_hour(rows, since, now))
    return desk.pages.page(
        "counts.html",
        now,
        tenant=tenant,
        kind=kind,
        name=name,
        counts=shown,
        picture=bars(_bars(shown), _label(shown)),
        times=times,
        heat=None if times.is_empty else heat(_columns(times), times.spans, LATENCY),
    )


def _bars(shown: Counts) -> list[Bar]:
    return [_bar(hour, shown, number % 6 == 0) for number, hour in enumerate(shown.hours)]


def _bar(hour: Hour, shown: Counts, labelled: bool) -> Bar:
    clock = _clock(hour.at)
    told = f"{clock} UTC: {hour.good:,} {shown.good}, {hour.bad:,} {shown.bad}"
    return Bar(hour.good, hour.bad, told, clock if labelled else "")


def _label(shown: Counts) -> str:
    return f"By hour: {shown.good} upwards, {shown.bad} downwards"


def _columns(times: Latency) -> list[Column]:
    return [
        Column(counts, f"{_clock(at)} UTC", _clock(at) if number % 6 == 0 else "")
        for number, (at, counts) in enumerate(times.hours)
    ]


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M}"
