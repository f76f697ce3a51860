"""`…/deliveries` of a subscription and of a tenant: what became of their deliveries."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from doorbell.domain.errors import Refusal
from doorbell.domain.sources import ID
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import Cursor, Limit, Moment, SubscriptionId, TenantId, TypeGlob
from doorbell.runtime.admin.histories import ErrorCode, HistoryAnswer, Pages, State, Status, sought_by
from doorbell.runtime.admin.subscriptions import ONE
from doorbell.store.configuration.config_tables import Stored
from doorbell.usecases.configure import Configure
from doorbell.usecases.history import ended_in

MOST_SUBSCRIPTIONS = 100
"""Of one page: 900 Queries, eight at once, which a Lambda of 512 MB makes within some ten seconds."""

Named = Annotated[
    list[Annotated[str, Field(pattern=f"^{ID.pattern}$")]] | None,
    Query(
        alias="subscription",
        max_length=MOST_SUBSCRIPTIONS,
        description="Only of these, by commas; without it of all that the tenant has now",
    ),
]


def register(app: APIGatewayHttpResolver, pages: Pages, subscriptions: Configure[Stored]) -> None:
    @app.get(
        f"{ONE}/deliveries",
        tags=["subscriptions"],
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
        range, and goes on with the filters with which it began."""
        of, sought = f"ended/{tenant_id}/{subscription_id}", sought_by(state, status, error, event_type)
        time = since, until
        return pages.page(of, tenant_id, [subscription_id], time, sought, limit, cursor, sought.asked)

    @app.get(
        "/admin/tenants/<tenant_id>/deliveries",
        tags=["events"],
        summary="What became of a tenant's deliveries",
        responses=answers(HistoryAnswer),
    )
    def list_ended_of_tenant(
        tenant_id: TenantId,
        named: Named = None,
        since: Moment = None,
        until: Moment = None,
        state: State = None,
        status: Status = None,
        error: ErrorCode = None,
        event_type: TypeGlob = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> HistoryAnswer:
        """As of a subscription, of all that the tenant has now, merged: a page is nine Queries for each of
        them, 4.5 read units. Of more than 100 name those that you mean; one that was deleted is found by
        its name."""
        sought = sought_by(state, status, error, event_type)
        of, by = ended_in(tenant_id, named or (), sought)
        names = sorted(set(named)) if named else _all(tenant_id, subscriptions)
        return pages.page(of, tenant_id, names, (since, until), sought, limit, cursor, by)


def _all(tenant_id: str, subscriptions: Configure[Stored]) -> list[str]:
    """Refuses (422) more than a page can merge."""
    names, after = list[str](), None
    while True:
        found, after = subscriptions.page(tenant_id, MOST_SUBSCRIPTIONS + 1, after)
        names += [str(stored.values["subscription_id"]) for stored in found]
        if len(names) > MOST_SUBSCRIPTIONS:
            detail = f"the tenant has more than {MOST_SUBSCRIPTIONS} subscriptions: name some"
            raise Refusal(422, "too_many_subscriptions", f"{detail} with subscription=")
        if after is None:
            return names
