"""`…/stats` of a source and of a subscription: what happened, in counts."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from doorbell.domain.rollups import Holder, Kind
from doorbell.domain.sources import ID
from doorbell.domain.summaries import Rollup
from doorbell.runtime.admin import cursors, sources, subscriptions
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import (
    DAY_SECONDS,
    Cursor,
    Limit,
    Moment,
    SourceId,
    SubscriptionId,
    TenantId,
    time_range,
)
from doorbell.runtime.admin.stats_answers import SourceStats, SubscriptionStats
from doorbell.runtime.stats_json import source_stats_json, subscription_stats_json
from doorbell.store.configuration.config_tables import Stored
from doorbell.usecases.configure import Configure
from doorbell.usecases.ports import Clock
from doorbell.usecases.stats import Stats, Step

By = Annotated[Step, Query(description="What is added up to an entry; hours and days are UTC's")]
LONGEST_SECONDS = 401 * DAY_SECONDS
"""More than `RollupDays` can be."""
Whose = Annotated[
    str | None,
    Query(
        pattern=f"^{ID.pattern}$",
        description="Of a source that is gone, and of `publish`: the team's own events",
    ),
]
NOT_EXACT = (
    "Newest first; of times in which nothing happened there is no entry. The last 24 hours unless said "
    "otherwise. Not exact: a worker that dies may count twice or not at all. A cursor keeps its own range."
)


def register(app: APIGatewayHttpResolver, stats: Stats, of: Configure[Stored], clock: Clock) -> None:
    """`of`: the sources, which say whose they are."""

    def page(
        holder: Holder,
        json: Callable[[Rollup], dict[str, Any]],
        since: datetime | None,
        until: datetime | None,
        by: Step,
        limit: int,
        cursor: str | None,
    ) -> dict[str, Any]:
        name, how, now = f"stats/{holder.key}", {"by": by.value}, clock()
        start, end = time_range(since, until, now=now, default=DAY_SECONDS, oldest=now - LONGEST_SECONDS)
        place = cursors.decode(name, cursor, how, since=float, until=float)
        if place is not None:
            start, end = place["since"], place["until"]
            if start > end:
                raise cursors.refused()
        found = stats.page(holder, start, end, by, limit)
        rest = None if found.until is None else {"since": start, "until": found.until}
        return {"stats": [json(row) for row in found.rows], "next_cursor": cursors.encode(name, rest, how)}

    @app.get(
        f"{sources.ONE}/stats",
        tags=sources.TAGS,
        summary="Counts of a source",
        description=NOT_EXACT,
        responses=answers(SourceStats),
    )
    def show_source_stats(
        source_id: SourceId,
        tenant_id: Whose = None,
        since: Moment = None,
        until: Moment = None,
        by: By = Step.HOUR,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> SourceStats:
        owner = tenant_id or str(of.get(source_id).values.get("tenant_id", "default"))
        holder = Holder(Kind.SOURCE, owner, source_id)
        answer = page(holder, source_stats_json, since, until, by, limit, cursor)
        return SourceStats.model_validate(answer)

    @app.get(
        f"{subscriptions.ONE}/stats",
        tags=subscriptions.TAGS,
        summary="Counts of a subscription",
        description=NOT_EXACT,
        responses=answers(SubscriptionStats),
    )
    def show_subscription_stats(
        tenant_id: TenantId,
        subscription_id: SubscriptionId,
        since: Moment = None,
        until: Moment = None,
        by: By = Step.HOUR,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> SubscriptionStats:
        holder = Holder(Kind.SUBSCRIPTION, tenant_id, subscription_id)
        answer = page(holder, subscription_stats_json, since, until, by, limit, cursor)
        return SubscriptionStats.model_validate(answer)
