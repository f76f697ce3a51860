"""`…/subscriptions/{subscription_id}/pending`: what is still under way to a subscription."""

from typing import Annotated, Protocol

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from doorbell.domain.standing import Pending
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import Limit, SubscriptionId, TenantId
from doorbell.runtime.admin.subscriptions import ONE
from doorbell.runtime.admin_api import iso


class PendingDeliveries(Protocol):
    def pending(self, tenant_id: str, subscription_id: str | None = None) -> Pending: ...


class PendingRow(BaseModel):
    """`looked_at_again`: when the sweeper looks at it, however its messages do."""

    event_id: str
    generation: int
    attempts_made: int
    looked_at_again: str


class PendingAnswer(BaseModel):
    """`count` of those that were found; `complete` false: the walk has stopped after `looked_at` pending
    deliveries of the whole stack, and there may be more."""

    deliveries: list[PendingRow]
    count: int
    looked_at: int
    complete: bool


Failing = Annotated[bool, Query(description="Only those of which an attempt has failed")]


def register(app: APIGatewayHttpResolver, pending: PendingDeliveries) -> None:
    @app.get(
        f"{ONE}/pending",
        tags=["subscriptions"],
        summary="What is under way to a subscription",
        responses=answers(PendingAnswer),
    )
    def list_pending(
        tenant_id: TenantId, subscription_id: SubscriptionId, failing: Failing = False, limit: Limit = 100
    ) -> PendingAnswer:
        """Deliveries that have not ended, soonest first, its replays too. They may lag a moment behind."""
        found = pending.pending(tenant_id, subscription_id)
        rows = [row for row in found.rows if row.attempts_made or not failing]
        return PendingAnswer(
            deliveries=[
                PendingRow(
                    event_id=row.key.event_id,
                    generation=row.key.generation,
                    attempts_made=row.attempts_made,
                    looked_at_again=iso(row.due_at) or "",
                )
                for row in rows[:limit]
            ],
            count=len(rows),
            looked_at=found.looked_at,
            complete=not found.more,
        )
