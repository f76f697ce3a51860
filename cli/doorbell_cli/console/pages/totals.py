"""What happened at a tenant: a part of the home page, read after it, and a page of its own."""

from datetime import UTC, datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from doorbell_cli.console.charts.lines import Point, lines
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.views.totals import Pace, Totals
from doorbell_cli.console.views.totals import totals as totals_of
from doorbell_cli.ops.counts import duration
from doorbell_cli.ops.tenant_counts import tenant_counts

LABEL = "From ingest to delivery, by hour: p50 as a line, p95 dashed above it"


def totals(desk: Desk, request: Request) -> Response:
    """A Scan, a Query, and four for each source and subscription, up to 51 of them."""
    now, tenant = desk.clock(), tenant_of(request)
    shown = totals_of(tenant_counts(desk.target, tenant, now), now)
    picture = _picture(shown) if shown.is_timed else None
    return desk.pages.page("totals.html", now, tenant=tenant, totals=shown, picture=picture)


def _picture(shown: Totals) -> Markup:
    times = [time for pace in shown.paces for time in (pace.p50, pace.p95) if time is not None]
    points = [_point(pace, number % 6 == 0) for number, pace in enumerate(shown.paces)]
    return lines(points, LABEL, (duration(min(times)), duration(max(times))))


def _point(pace: Pace, labelled: bool) -> Point:
    clock = f"{datetime.fromtimestamp(pace.at, UTC):%H:%M}"
    half, most = pace.told
    told = f"{clock} UTC: p50 {half}, p95 {most}, of {pace.count:,} delivered"
    return Point(pace.p50, pace.p95, told, clock if labelled else "")
