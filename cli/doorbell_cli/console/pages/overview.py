"""Home, and the record of what was changed."""

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.log import DAY_SECONDS
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from doorbell_cli.console.desk import Desk, link_of, tenant_of
from doorbell_cli.console.views.home import Home
from doorbell_cli.console.views.home import home as home_of
from doorbell_cli.ops.queues import SOURCES, depth
from doorbell_cli.ops.queues import dead_letters as queues_of
from doorbell_cli.ops.status_reading import status_reader

LOST_DAYS = 7
LOOKED_AT, ROWS = 1_000, 50
"""Items of each kind that are checked, and of those that are broken so many that are shown."""


def home(desk: Desk, request: Request) -> Response:
    """Its head goes out first. Six AWS calls with 5,000 deliveries on record, and one for each hundred
    subscriptions. `from` in the address: the subscription that its list begins with."""
    now, tenant = desk.clock(), tenant_of(request)
    first = request.query_params.get("from", "")

    def read() -> Home:
        found = status_reader(desk.target).all(tenant, now - LOST_DAYS * DAY_SECONDS)
        return home_of(tenant, found, now, first)

    return desk.pages.streamed("home.html", now, tenant=tenant, read=read)


def broken(desk: Desk, request: Request) -> Response:
    """Items that cannot be used: a page of a Scan of the sources, a Query of a tenant's subscriptions. A part
    of the home page, read after it."""
    now, tenant = desk.clock(), tenant_of(request)
    sources, more_sources = SOURCE.table(desk.target).page(tenant, limit=LOOKED_AT)
    found, more_found = SUBSCRIPTION.table(desk.target).page(tenant, limit=LOOKED_AT)
    rows = [
        (kind.label(one.values), link_of(kind, kind.key_of(one.values)), problems[0])
        for kind, items in ((SOURCE, sources), (SUBSCRIPTION, found))
        for one in items
        if (problems := desk.problems(kind, one.values))
    ]
    more = more_sources is not None or more_found is not None
    return desk.pages.page("broken.html", now, tenant=tenant, rows=rows[:ROWS], count=len(rows), more=more)


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
