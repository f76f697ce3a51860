"""The list of events, and the search in it."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from doorbell.runtime.admin import cursors
from doorbell.usecases.search import Wanted
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.pages.query import since_of
from doorbell_cli.console.views.events import Found, begin_of
from doorbell_cli.ops.searching import list_of, place_of, search

LIMIT = 50
MOST = 2000
"""Events that one page looks at: what `state` or `text` opens is a call each."""
OPENED = 200


def events(desk: Desk, request: Request) -> Response:
    """Its head goes out before anything is asked, each row when it is found: six Queries for each day that is
    looked at, `DAYS` at the most, others where a filter leaves too few; with `state` or `text` one call more
    for each event."""
    now, tenant, asked = desk.clock(), tenant_of(request), request.query_params
    words = tuple(asked.get("text", "").split())
    wanted = Wanted(asked.get("type") or None, asked.get("source") or None, asked.get("state") or None, words)
    since, by = since_of(request, "7d", now), wanted.asked
    start, end, seen = place_of(tenant, asked.get("cursor"), since, now, by)
    most, begin = OPENED if wanted.opens_events else MOST, begin_of(start, end)
    walk = search(desk.target).walk(tenant, begin, end, wanted, limit=LIMIT, most=most, seen=seen)
    found = Found(walk, start, begin)

    def more() -> str | None:
        kept = {k: v for k, v in asked.items() if k != "cursor" and v}
        cursor = cursors.rest(list_of(tenant), start, found.until, found.seen, by)
        return None if cursor is None else urlencode({**kept, "cursor": cursor})

    return desk.pages.streamed(
        "events.html",
        now,
        tenant=tenant,
        found=found,
        more=more,
        sifted=not wanted.is_all,
        asked=asked,
        since=asked.get("since") or "7d",
    )
