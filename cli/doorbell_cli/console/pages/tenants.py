"""Whose events there are: tenants, as a page of sources names them, and what one of them has."""

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.own_events import TENANT
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.ops.standings import count
from doorbell_cli.ops.tenants import count_of, page_of_tenants

TENANTS = 100


def every(desk: Desk, request: Request) -> Response:
    """One call: a page of a Scan of the sources, as the list of sources is."""
    after = request.query_params.get("after")
    page = page_of_tenants(desk.target, after or None, TENANTS)
    return desk.pages.page(
        "tenants.html", desk.clock(), tenant=tenant_of(request), page=page, first=not after, own=TENANT
    )


def counted(desk: Desk, request: Request) -> Response:
    """Two Queries: a part of the list of tenants, read after it, for each of them."""
    tenant = tenant_of(request)
    counts = {kind: count(*count_of(desk.target, kind, tenant)) for kind in ("Subscriptions", "EventTypes")}
    return desk.pages.page("tenant.html", desk.clock(), tenant=tenant, counts=counts)
