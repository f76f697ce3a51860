"""`/admin/tenants/{tenant_id}/events`: a tenant's events, and the search among them."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from doorbell.domain.errors import ConfigError
from doorbell.domain.log import LogRow
from doorbell.domain.sources import ID
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.answers import EventRow, EventsAnswer
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import DAY_SECONDS, Cursor, Limit, Moment, TenantId, TypeGlob, time_range
from doorbell.runtime.admin_api import iso
from doorbell.usecases.ports import Clock
from doorbell.usecases.search import Search, Wanted

ROWS, OPENED = 10_000, 500
"""How many events a page looks at: in the log alone, and one by one. It must come within Lambda's 28
seconds."""
MAX_WORDS = 256

SourceWanted = Annotated[str | None, Query(alias="source", pattern=f"^{ID.pattern}$")]
StateWanted = Annotated[
    Literal["pending", "delivered", "exhausted", "cancelled"] | None,
    Query(alias="state", description="Only with a delivery in this state; replays count too"),
]
Words = Annotated[
    str | None,
    Query(alias="text", max_length=MAX_WORDS, description="Only with all these words in the body, to 1 MiB"),
]


def register(app: APIGatewayHttpResolver, search: Search, clock: Clock, kept: float) -> None:
    """`kept`: for how many seconds events are."""

    @app.get(
        "/admin/tenants/<tenant_id>/events",
        tags=["events"],
        summary="List events",
        responses=answers(EventsAnswer),
    )
    def list_events(
        tenant_id: TenantId,
        since: Moment = None,
        until: Moment = None,
        source_id: SourceWanted = None,
        event_type: TypeGlob = None,
        state: StateWanted = None,
        text: Words = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> EventsAnswer:
        """Newest first; of the last day unless said otherwise. A cursor keeps its own range. `state` and
        `text` read the events one by one, 500 for a page, else it looks at 10,000: it may have fewer than
        `limit`, and more to come."""
        if text is not None and not text.split():
            raise ConfigError("query", "text", "it has no words")
        of, now = f"events/{tenant_id}", clock()
        start, end = time_range(since, until, now=now, default=DAY_SECONDS, oldest=now - kept)
        wanted = Wanted(event_type, source_id, state, tuple((text or "").split()))
        oldest, by = now - kept, wanted.asked
        start, end, seen = cursors.stretch(of, cursor, start, end, oldest=oldest, now=now, by=by)
        if start > end:
            return EventsAnswer(events=[], next_cursor=None)
        most = OPENED if wanted.opens_events else ROWS
        page = search(tenant_id, start, end, wanted, limit=limit, most=most, seen=seen)
        return EventsAnswer(
            events=[_row(row) for row in page.rows],
            looked_at=page.looked,
            unread=page.unread,
            next_cursor=cursors.rest(of, start, page.until, page.seen, by),
        )


def _row(row: LogRow) -> EventRow:
    return EventRow(
        event_id=row.event_id,
        created_at=iso(row.created_at) or "",
        event_type=row.event_type,
        source_id=row.source_id,
    )
