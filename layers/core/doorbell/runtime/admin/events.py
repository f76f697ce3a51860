"""`/admin/tenants/{tenant_id}/events`, `/admin/events/{event_id}`: the event log, the story of an event."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from doorbell.domain.errors import Refusal
from doorbell.domain.log import LogRow
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.answers import (
    DeliveriesAnswer,
    DeliveryAnswer,
    EventRow,
    EventsAnswer,
    StoryAnswer,
)
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import (
    DAY_SECONDS,
    MAX_PAGE,
    Cursor,
    EventId,
    Limit,
    Moment,
    SubscriptionId,
    TenantId,
    time_range,
)
from doorbell.runtime.admin_api import delivery_json, iso, story_json
from doorbell.usecases.browse import Browse
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.ports import Clock
from doorbell.usecases.replay import Replay

TAGS = ["events"]
ONE = "/admin/events/<event_id>"
TO_ONE = f"{ONE}/deliveries/<subscription_id>"


def register(
    app: APIGatewayHttpResolver, browse: Browse, inspect: Inspect, replay: Replay, clock: Clock, kept: float
) -> None:
    """`kept`: for how many seconds events are."""

    @app.get(
        "/admin/tenants/<tenant_id>/events", tags=TAGS, summary="List events", responses=answers(EventsAnswer)
    )
    def list_events(
        tenant_id: TenantId,
        since: Moment = None,
        until: Moment = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> EventsAnswer:
        """Newest first; of the last day unless said otherwise. A cursor keeps its own range."""
        of, now = f"events/{tenant_id}", clock()
        start, end = time_range(since, until, now=now, default=DAY_SECONDS, oldest=now - kept)
        place = cursors.decode(of, cursor, since=float, until=float, seen=list)
        seen: list[Any] = []
        if place is not None:
            start, end = max(place["since"], now - kept), min(place["until"], now)
            seen = place["seen"]
        if start > end:
            return EventsAnswer(events=[], next_cursor=None)
        page = browse.events(tenant_id, start, end, limit, tuple(map(str, seen)))
        rest = None if page.until is None else {"since": start, "until": page.until, "seen": list(page.seen)}
        return EventsAnswer(events=[_row(row) for row in page.rows], next_cursor=cursors.encode(of, rest))

    @app.get(ONE, tags=TAGS, summary="Show an event", responses=answers(StoryAnswer))
    def show_event(event_id: EventId, limit: Limit = MAX_PAGE, cursor: Cursor = None) -> StoryAnswer:
        """With its routing record, its deliveries and their attempts, in order of the subscription's id;
        without its body and headers. A page may have fewer deliveries than `limit`, and more to come."""
        of = f"event/{event_id}"
        place = cursors.decode(of, cursor, after=str)
        story = inspect.page(event_id, None if place is None else place["after"], limit)
        rest = None if story.after is None else {"after": story.after}
        return StoryAnswer.model_validate({**story_json(story), "next_cursor": cursors.encode(of, rest)})

    @app.get(
        TO_ONE,
        tags=TAGS,
        summary="Show an event's deliveries to one",
        responses=answers(DeliveriesAnswer),
    )
    def show_deliveries(event_id: EventId, subscription_id: SubscriptionId) -> DeliveriesAnswer:
        """The first delivery and its replays, each with all its attempts."""
        found = [d for d in inspect(event_id).deliveries if d.key.subscription_id == subscription_id]
        if not found:
            raise Refusal(404, "unknown_delivery", "the event has no delivery to this subscription")
        return DeliveriesAnswer.model_validate({"deliveries": [delivery_json(d) for d in found]})

    @app.post(
        f"{TO_ONE}/replay",
        tags=TAGS,
        summary="Replay",
        status_code=202,
        responses=answers(DeliveryAnswer, 409, status=202),
    )
    def replay_delivery(
        event_id: EventId,
        subscription_id: SubscriptionId,
    ) -> DeliveryAnswer:
        """A new delivery of the event; history stays as it is."""
        return DeliveryAnswer.model_validate(delivery_json(replay(event_id, subscription_id)))


def _row(row: LogRow) -> EventRow:
    return EventRow(
        event_id=row.event_id,
        created_at=iso(row.created_at) or "",
        event_type=row.event_type,
        source_id=row.source_id,
    )
