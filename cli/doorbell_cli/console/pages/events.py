"""Events: the search, one event, and the replay of it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.runtime.admin import cursors
from doorbell.usecases.inspect import Story
from doorbell.usecases.search import Wanted
from doorbell_cli.console.charts.timeline import timeline
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.pages.query import since_of
from doorbell_cli.console.views.event import Body, body, event
from doorbell_cli.ops.event_ids import whole_event_id
from doorbell_cli.ops.reading import inspect, show_body
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.replaying import require_enabled
from doorbell_cli.ops.searching import list_of, place_of, search
from doorbell_cli.ops.why import explain, words

LIMIT = 50
MOST = 2000
"""Events that one page looks at: what `state` or `text` opens is a call each."""
OPENED = 200
INLINE_BYTES = 256 * 1024


def events(desk: Desk, request: Request) -> Response:
    """A Query for each of a day's six partitions, another where a filter leaves too few; with `state` or
    `text` one call more for each event."""
    now, tenant, asked = desk.clock(), tenant_of(request), request.query_params
    words = tuple(asked.get("text", "").split())
    wanted = Wanted(asked.get("type") or None, asked.get("source") or None, asked.get("state") or None, words)
    since, by = since_of(request, "7d", now), wanted.asked
    start, end, seen = place_of(tenant, asked.get("cursor"), since, now, by)
    most = OPENED if wanted.opens_events else MOST
    page = search(desk.target)(tenant, start, end, wanted, limit=LIMIT, most=most, seen=seen)
    more = None
    if page.until is not None:
        kept = {k: v for k, v in asked.items() if k != "cursor" and v}
        cursor = cursors.rest(list_of(tenant), start, page.until, page.seen, by)
        more = urlencode({**kept, "cursor": cursor})
    return desk.pages.page(
        "events.html", now, tenant=tenant, page=page, more=more, asked=asked, since=asked.get("since") or "7d"
    )


def one_event(desk: Desk, request: Request) -> Response:
    """One call for the story of a few deliveries; `body` one more, and one in S3 where it is there; `why` two
    more. The beginning of an id costs up to 50."""
    now = desk.clock()
    story = _story(desk, request.path_params["event_id"], tenant_of(request))
    shown = event(story)
    whole = shown.event_id
    asked = request.query_params.get("why", "")
    return desk.pages.page(
        "event.html",
        now,
        tenant=shown.tenant_id,
        event=shown,
        picture=timeline(shown.lanes, shown.received_at, now),
        body=_body(desk, whole) if "body" in request.query_params else None,
        asked=asked,
        why=words(explain(desk.target)(whole, asked)) if asked else [],
    )


def replay(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Of one event to one subscription."""
    event_id, name = request.path_params["event_id"], fields.get("subscription_id", "")
    replayer = Replayer(desk.target)
    tenant_id = replayer.inspect()(event_id).event.incoming.tenant_id
    require_enabled(replayer, tenant_id, name)
    desk.note(tenant_id, "replay", f"event {event_id}", f"to {name}")
    replayer.one()(event_id, name)
    return RedirectResponse(f"/events/{event_id}", 303)


def _story(desk: Desk, event_id: str, tenant: str) -> Story:
    try:
        return inspect(desk.target)(event_id)
    except Refusal:
        whole = whole_event_id(desk.target, event_id, tenant)
        if whole == event_id:
            raise
        return inspect(desk.target)(whole)


def _body(desk: Desk, event_id: str) -> Body:
    try:
        found = show_body(desk.target)(event_id, inline_bytes=INLINE_BYTES)
    except Refusal as refusal:
        return Body(None, None, refusal.detail)
    if found.body is None:
        size = found.event.incoming.body.size
        shown_by = desk.command("events show", event_id, "--body")
        return Body(None, None, f"it has {size:,} bytes. To see it: {shown_by}")
    return body(found)
