"""The catalogue of a tenant's own event types: what is asked of each, and what one looks like."""

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.domain.log import DAY_SECONDS, LogRow
from doorbell.store.configuration.config_tables import ConfigTable
from doorbell.store.configuration.event_types import EVENT_TYPE_KEY
from doorbell.usecases.search import Wanted
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.views.body import Body, body
from doorbell_cli.console.views.types import event_type
from doorbell_cli.ops.reading import show_body
from doorbell_cli.ops.searching import search

PAGE = 100
LOOKED_AT = 1_000
"""Events among which an example is looked for."""
INLINE_BYTES = 64 * 1024


def every(desk: Desk, request: Request) -> Response:
    """A Query."""
    tenant, after = tenant_of(request), request.query_params.get("after")
    stored, following = _table(desk).page(tenant, limit=PAGE, after=(tenant, after) if after else None)
    rows = [event_type(one.values) for one in stored]
    more = following[1] if following else None
    return desk.pages.page("types.html", desk.clock(), tenant=tenant, rows=rows, more=more)


def one(desk: Desk, request: Request) -> Response:
    """A call."""
    tenant, name = request.path_params["tenant"], request.path_params["name"]
    stored = _table(desk).get(tenant, name)
    if stored is None:
        raise Refusal(404, "unknown_event_type", f"There is no event type {tenant}/{name}.")
    return desk.pages.page("type.html", desk.clock(), tenant=tenant, type=event_type(stored.values))


def example(desk: Desk, request: Request) -> Response:
    """The newest of the last day: a Query or two for each of the six partitions of both days, and one or two
    calls for its body. A part of the type's page, read after it; its head goes out before."""
    now, tenant, name = desk.clock(), request.path_params["tenant"], request.path_params["name"]

    def read() -> tuple[LogRow | None, Body | None]:
        row = _newest(desk, tenant, name, now)
        return (None, None) if row is None else _shown(desk, row)

    return desk.pages.streamed("example.html", now, tenant=tenant, name=name, read=read)


def _shown(desk: Desk, row: LogRow) -> tuple[LogRow | None, Body | None]:
    try:
        found = show_body(desk.target)(row.event_id, inline_bytes=INLINE_BYTES)
    except Refusal:  # it went meanwhile
        return None, None
    return row, body(found) if found.body is not None else None


def _newest(desk: Desk, tenant: str, name: str, now: float) -> LogRow | None:
    page = search(desk.target)(tenant, now - DAY_SECONDS, now, Wanted(name), limit=1, most=LOOKED_AT)
    return page.rows[0] if page.rows else None


def _table(desk: Desk) -> ConfigTable:
    return ConfigTable(desk.target.client("dynamodb"), desk.target.table("EventTypes"), EVENT_TYPE_KEY)
