"""One event: its story, its body, and why a subscription did not get it."""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.store.health.reads import HealthReads
from doorbell_cli.console.charts.timeline import timeline
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.moving import Moment, moved
from doorbell_cli.console.views.body import Body, body
from doorbell_cli.console.views.event import DELIVERIES, event, waiting_for
from doorbell_cli.ops.event_ids import is_whole, whole_event_id
from doorbell_cli.ops.reading import inspect, show_body
from doorbell_cli.ops.why import Others, explain, words

INLINE_BYTES = 256 * 1024


def one_event(desk: Desk, request: Request) -> Response:
    """A call for the story, two of more than twenty deliveries, and one for the health of endpoints where
    something is still to be sent.
    Behind what goes out first: `why` two, `body` one, and one in S3 where it is there."""
    now, asked = desk.clock(), request.query_params
    try:
        story = inspect(desk.target).page(
            request.path_params["event_id"], asked.get("after") or None, DELIVERIES
        )
    except Refusal as refusal:
        return _looked_for(desk, request, refusal)
    reads = HealthReads(desk.target.client("dynamodb"), desk.target.table("Endpoints"))
    waiting = waiting_for(story)
    shown = event(story, reads.healths(waiting) if waiting else {}, now)
    name, after = asked.get("why", ""), asked.get("after")
    return desk.pages.streamed(
        "event.html",
        now,
        tenant=shown.tenant_id,
        event=shown,
        first="after" not in asked,
        following=bool(waiting),
        here={"tenant": shown.tenant_id, **({"after": after} if after else {})},
        picture=timeline(shown.lanes, shown.received_at, now),
        read_body=lambda: _body(desk, shown.event_id) if "body" in asked else None,
        asked=name,
        why=lambda: words(explain(desk.target)(shown.event_id, name)) if name else [],
    )


def others(desk: Desk, request: Request) -> Response:
    """Those that an event's record does not name, and why they did not get it: a part of its page, read after
    it. Its head goes out first; then three calls at the most."""
    event_id, after = request.path_params["event_id"], request.query_params.get("after") or None
    found = Others(explain(desk.target), desk.target, event_id, after)
    return desk.pages.streamed(
        "others.html", desk.clock(), tenant=tenant_of(request), event_id=event_id, others=found
    )


def moves(desk: Desk, request: Request) -> Callable[[], Iterable[object]]:
    """Each look, a Query or two, says whether a delivery of that page has moved on since the last one, and
    whether all of them have ended. Refuses (404) an event that is not there."""
    event_id, after = request.path_params["event_id"], request.query_params.get("after") or None

    def look() -> Moment:
        found = inspect(desk.target).page(event_id, after, DELIVERIES).deliveries
        return Moment(found, all(one.state.terminal for one in found))

    return moved(look)


def _looked_for(desk: Desk, request: Request, refusal: Refusal) -> Response:
    """There is no event of this id. One that begins so is looked for behind the page's head: 48 calls."""
    text, tenant = request.path_params["event_id"], tenant_of(request)
    if is_whole(text):
        raise refusal

    def read() -> str:
        return whole_event_id(desk.target, text, tenant)

    return desk.pages.streamed("finding.html", desk.clock(), status=404, tenant=tenant, text=text, read=read)


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
