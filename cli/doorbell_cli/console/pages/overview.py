"""Home, and the record of what was changed."""

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.log import DAY_SECONDS
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.views.home import home as home_of
from doorbell_cli.ops.queues import SOURCES, depth
from doorbell_cli.ops.queues import dead_letters as queues_of
from doorbell_cli.ops.status_reading import status_reader

LOST_DAYS = 7


def home(desk: Desk, request: Request) -> Response:
    """Six AWS calls with 5,000 deliveries on record, and one for each hundred subscriptions."""
    now, tenant = desk.clock(), tenant_of(request)
    found = status_reader(desk.target).all(tenant, now - LOST_DAYS * DAY_SECONDS)
    return desk.pages.page("home.html", now, tenant=tenant, home=home_of(tenant, found, now))


def dead_letters(desk: Desk, request: Request) -> Response:
    """A call for each queue: a part of the home page, read after it."""
    counts = {name: depth(desk.target, queue) for name, queue in queues_of(desk.target).items()}
    tenant = tenant_of(request)
    return desk.pages.page("dead_letters.html", desk.clock(), counts=counts, back=SOURCES, tenant=tenant)


def audit(desk: Desk, request: Request) -> Response:
    """Two AWS calls."""
    now, tenant = desk.clock(), tenant_of(request)
    rows = desk.operations.newest(tenant, now)
    return desk.pages.page("audit.html", now, tenant=tenant, rows=rows)
