"""`…/subscriptions/{subscription_id}/deliveries`: what became of a subscription's deliveries."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from doorbell.domain.errors import ConfigError
from doorbell.domain.history import ENDED, EndedRow, Sought, status_problem
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import (
    Cursor,
    Limit,
    Moment,
    SubscriptionId,
    TenantId,
    TypeGlob,
    time_range,
)
from doorbell.runtime.admin.subscriptions import ONE
from doorbell.runtime.admin_api import iso
from doorbell.usecases.history import History
from doorbell.usecases.ports import Clock

TAGS = ["subscriptions"]
MOST = 4000
"""Rows that a page looks at, some 160 read units: an answer must come within API Gateway's 30 seconds."""
MAX_WORD = 128
DAYS = 7 * 86_400.0


class EndedAnswer(BaseModel):
    """A delivery that has ended. `status` and `error` are of its last attempt. `told` false: it ended before
    histories were kept, so only its state, its reason and its time are on record here; see
    `show_deliveries`."""

    event_id: str
    generation: int
    state: str
    reason: str | None
    ended_at: str
    attempts_made: int | None
    status: int | None
    error: str | None
    event_type: str | None
    told: bool


class HistoryAnswer(BaseModel):
    """`looked_at`: rows that were read for this page. `untold`: how many of these do not say what was asked,
    and are left out. `delivered_are_kept` false: this stack files no delivered ones (parameter `History`)."""

    deliveries: list[EndedAnswer]
    looked_at: int
    untold: int
    delivered_are_kept: bool
    next_cursor: str | None


State = Annotated[Literal["delivered", "exhausted", "cancelled"] | None, Query()]
Status = Annotated[str | None, Query(description="Of the last attempt: 404, or a class such as 5xx")]
ErrorCode = Annotated[
    str | None,
    Query(min_length=1, max_length=MAX_WORD, description="Of the last attempt: timeout, dns_failed, …"),
]


def register(
    app: APIGatewayHttpResolver, history: History, clock: Clock, kept: float, *, all_kept: bool
) -> None:
    """`kept`: for how many seconds events are. `all_kept`: delivered ones are filed too."""

    @app.get(
        f"{ONE}/deliveries",
        tags=TAGS,
        summary="What became of a subscription's deliveries",
        responses=answers(HistoryAnswer),
    )
    def list_ended(
        tenant_id: TenantId,
        subscription_id: SubscriptionId,
        since: Moment = None,
        until: Moment = None,
        state: State = None,
        status: Status = None,
        error: ErrorCode = None,
        event_type: TypeGlob = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> HistoryAnswer:
        """Those that have ended, delivered ones too, newest first; of the last seven days unless said
        otherwise. A page may have fewer entries than `limit`, and more to come. A cursor keeps its own
        range."""
        if status is not None and (problem := status_problem(status)) is not None:
            raise ConfigError("query", "status", problem)
        of, now = f"ended/{tenant_id}/{subscription_id}", clock()
        start, end = time_range(since, until, now=now, default=DAYS, oldest=now - kept)
        start, end, seen = cursors.stretch(of, cursor, start, end, oldest=now - kept, now=now)
        if start > end:
            return HistoryAnswer(
                deliveries=[], looked_at=0, untold=0, delivered_are_kept=all_kept, next_cursor=None
            )
        sought = Sought(ENDED if state is None else (state,), status, error, event_type)
        names = [subscription_id]
        page = history(tenant_id, names, start, end, sought, limit=limit, most=MOST, seen=seen)
        return HistoryAnswer(
            deliveries=[_answer(row) for row in page.rows],
            looked_at=page.looked,
            untold=page.untold,
            delivered_are_kept=all_kept,
            next_cursor=cursors.rest(of, start, page.until, page.seen),
        )


def _answer(row: EndedRow) -> EndedAnswer:
    return EndedAnswer(
        event_id=row.key.event_id,
        generation=row.key.generation,
        state=row.state,
        reason=row.reason,
        ended_at=iso(row.ended_at) or "",
        attempts_made=row.attempts_made,
        status=row.status,
        error=row.error,
        event_type=row.event_type,
        told=row.told,
    )
