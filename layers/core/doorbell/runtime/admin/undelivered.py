"""`…/subscriptions/{subscription_id}/undelivered`: what a subscription missed."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from doorbell.domain.log import Missed
from doorbell.domain.replays import Selection
from doorbell.domain.subscriptions import scoped
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.answers import MissedAnswer, MissedRow
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import Cursor, Limit, Moment, SubscriptionId, TenantId, time_range
from doorbell.runtime.admin.subscriptions import ONE
from doorbell.runtime.admin_api import iso
from doorbell.usecases.browse import Browse
from doorbell.usecases.ports import Clock

TAGS = ["subscriptions"]
STATES = ("exhausted", "cancelled")
PLACE = {"since": float, "until": float, "event_id": str, "sk": str, "ended_at": float}


def register(app: APIGatewayHttpResolver, browse: Browse, clock: Clock, kept: float) -> None:
    """`kept`: for how many seconds events are."""

    @app.get(
        f"{ONE}/undelivered", tags=TAGS, summary="What a subscription missed", responses=answers(MissedAnswer)
    )
    def list_undelivered(
        tenant_id: TenantId,
        subscription_id: SubscriptionId,
        since: Moment = None,
        until: Moment = None,
        state: Annotated[Literal["exhausted", "cancelled"] | None, Query()] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> MissedAnswer:
        """Deliveries that ended without success, earliest first; of all that is kept unless said otherwise.
        A page may have fewer entries than `limit`, and more to come. A cursor keeps its own range."""
        of, now = f"undelivered/{tenant_id}/{subscription_id}", clock()
        start, end = time_range(since, until, now=now, default=kept, oldest=now - kept)
        by = {"state": state}
        place = cursors.decode(of, cursor, by, **PLACE)
        after = None
        if place is not None:
            start, end = place["since"], place["until"]
            if start > end:
                raise cursors.refused()
            after = _after(place, scoped(tenant_id, subscription_id))
        states = STATES if state is None else (state,)
        page = browse.missed(Selection(tenant_id, subscription_id, start, end, states), after, limit)
        rest = None if page.after is None else _place(page.after, start, end)
        return MissedAnswer(missed=[_row(row) for row in page.rows], next_cursor=cursors.encode(of, rest, by))


def _after(place: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """The index's key to go on from, within the range: DynamoDB refuses one that is not."""
    at = min(max(place["ended_at"], place["since"]), place["until"])
    return {"subscription_id": owner, "ended_at": at, "event_id": place["event_id"], "sk": place["sk"]}


def _place(after: Mapping[str, Any], since: float, until: float) -> dict[str, Any]:
    return {
        "since": since,
        "until": until,
        "ended_at": after["ended_at"],
        "event_id": after["event_id"],
        "sk": after["sk"],
    }


def _row(row: Missed) -> MissedRow:
    return MissedRow(
        event_id=row.key.event_id,
        generation=row.key.generation,
        state=row.state,
        reason=row.reason,
        ended_at=iso(row.ended_at) or "",
    )
