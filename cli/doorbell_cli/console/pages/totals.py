"""What happened at a tenant, and what it has cost: parts of the home page, read after it, and pages of their
own."""

from datetime import UTC, datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from doorbell_cli.console.charts.lines import Point, lines
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.views.totals import Pace, Totals
from doorbell_cli.console.views.totals import totals as totals_of
from doorbell_cli.ops.counts import duration
from doorbell_cli.ops.month_cost import MonthCost, month_cost

LABEL = "From ingest to delivery, by hour: p50 as a line, p95 dashed above it"


def totals(desk: Desk, request: Request) -> Response:
    """A Scan, a Query, and four for each source and subscription, up to 52 of them; none within a minute
    after. Its head goes out before."""
    now, tenant = desk.clock(), tenant_of(request)

    def read() -> tuple[Totals, Markup | None]:
        at, found = desk.counts.of(tenant)
        shown = totals_of(found, at)
        return shown, _picture(shown) if shown.is_timed else None

    return desk.pages.streamed("totals.html", now, tenant=tenant, read=read)


def cost(desk: Desk, request: Request) -> Response:
    """What this month has cost so far: of the same counts."""
    now, tenant = desk.clock(), tenant_of(request)

    def read() -> MonthCost:
        at, found = desk.counts.of(tenant)
        return month_cost(desk.target, found, at)

    return desk.pages.streamed("cost.html", now, tenant=tenant, read=read)


def _picture(shown: Totals) -> Markup:
    times = [time for pace in shown.paces for time in (pace.p50, pace.p95) if time is not None]
    points = [_point(pace, number % 6 == 0) for number, pace in enumerate(shown.paces)]
    return lines(points, LABEL, (duration(min(times)), duration(max(times))))


def _point(pace: Pace, labelled: bool) -> Point:
    clock = f"{datetime.fromtimestamp(pace.at, UTC):%H:%M}"
    half, most = pace.told
    told = f"{clock} UTC: p50 {half}, p95 {most}, of {pace.count:,} delivered"
    return Point(pace.p50, pace.p95, told, clock if labelled else "")
