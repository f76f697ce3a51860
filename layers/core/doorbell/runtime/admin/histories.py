"""What lists of deliveries that have ended are asked for, and answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from doorbell.domain.errors import ConfigError
from doorbell.domain.history import ENDED, EndedRow, Sought, status_problem
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.fields import time_range
from doorbell.runtime.admin_api import iso
from doorbell.usecases.history import History
from doorbell.usecases.ports import Clock

MOST = 4000
"""Rows that a page looks at, some 160 read units: an answer must come within API Gateway's 30 seconds."""
MAX_WORD = 128
DAYS = 7 * 86_400.0


class EndedAnswer(BaseModel):
    """A delivery that has ended. `status` and `error` are of its last attempt. `told` false: it ended before
    histories were kept, so only its state, its reason and its time are on record here; see
    `show_deliveries`."""

    event_id: str
    subscription_id: str
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


def sought_by(state: str | None, status: str | None, error: str | None, event_type: str | None) -> Sought:
    """Refuses (`ConfigError`) what is no status."""
    if status is not None and (problem := status_problem(status)) is not None:
        raise ConfigError("query", "status", problem)
    return Sought(ENDED if state is None else (state,), status, error, event_type)


@dataclass(frozen=True, slots=True)
class Pages:
    """`kept`: for how many seconds events are. `all_kept`: delivered ones are filed too."""

    history: History
    clock: Clock
    kept: float
    all_kept: bool

    def page(
        self,
        of: str,
        tenant_id: str,
        names: list[str],
        time: tuple[datetime | None, datetime | None],
        sought: Sought,
        limit: int,
        cursor: str | None,
        by: cursors.Filters,
    ) -> HistoryAnswer:
        """`of`, `by`: what the cursor is bound to."""
        now = self.clock()
        oldest = now - self.kept
        start, end = time_range(*time, now=now, default=DAYS, oldest=oldest)
        start, end, seen = cursors.stretch(of, cursor, start, end, oldest=oldest, now=now, by=by)
        if start > end:
            return HistoryAnswer(
                deliveries=[], looked_at=0, untold=0, delivered_are_kept=self.all_kept, next_cursor=None
            )
        page = self.history(tenant_id, names, start, end, sought, limit=limit, most=MOST, seen=seen)
        return HistoryAnswer(
            deliveries=[_answer(row) for row in page.rows],
            looked_at=page.looked,
            untold=page.untold,
            delivered_are_kept=self.all_kept,
            next_cursor=cursors.rest(of, start, page.until, page.seen, by),
        )


def _answer(row: EndedRow) -> EndedAnswer:
    return EndedAnswer(
        event_id=row.key.event_id,
        subscription_id=row.key.subscription_id,
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
