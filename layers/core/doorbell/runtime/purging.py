"""The composition of purges, for the function `jobs` and for the tool: where a tenant's things are."""

import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from doorbell.domain.large import prefix_of as large_prefix
from doorbell.domain.log import DAY_SECONDS, KEPT_DAYS
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import Selection
from doorbell.queues.depths import all_of
from doorbell.runtime.wiring import client, settings
from doorbell.store.belongings.configuration import EventTypes, Sources, Subscriptions
from doorbell.store.belongings.kept import Bodies, refused, rollups
from doorbell.store.belongings.routed import Routes
from doorbell.store.belongings.stories import Beside, StoryRemoval
from doorbell.store.events.backfill_items import backfills_partition
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.job_items import works_partition
from doorbell.store.events.operations import operations_partition
from doorbell.store.events.replay_jobs import jobs_partition
from doorbell.store.refused.refused_items import bodies_prefix
from doorbell.usecases.ask_to_purge import refuse_purge
from doorbell.usecases.purge import Drawer, Purge, Recorded, pages

SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class Places:
    """A stack's tables and bucket. "" for a table: a stack of before there was it."""

    sources: str
    subscriptions: str
    event_types: str
    endpoints: str
    events: str
    routes: str = ""
    refused: str = ""
    rollups: str = ""
    bodies: str = ""


def span_of(tenant_id: str, now: float) -> Selection:
    """All the time of which anything can be on record."""
    return Selection(tenant_id, "", now - KEPT_DAYS * DAY_SECONDS, now + DAY_SECONDS, ())


def drawers(dynamodb: Any, s3: Any, at: Places, span: Selection, pool: Executor) -> Sequence[Drawer]:
    """All that there is of a tenant, in the order in which it is removed. `span`: whose, and when its events
    were recorded."""
    tenant_id = span.tenant_id
    stories = StoryRemoval(dynamodb, at.events, at.endpoints, tenant_id, pool)
    ops = operations_partition(tenant_id)
    found: list[Drawer] = [
        Sources(dynamodb, at.sources, at.endpoints, tenant_id),
        Subscriptions(dynamodb, at.subscriptions, at.endpoints, tenant_id),
        EventTypes(dynamodb, at.event_types, tenant_id),
        *([Routes(dynamodb, at.routes, tenant_id)] if at.routes else []),
        Recorded(EventLog(dynamodb, at.events), stories, span),
        Beside("replays", "jobs", jobs_partition(tenant_id), stories),
        Beside("works", "jobs", works_partition(tenant_id), stories, but_purges=True),
        Beside("backfills", "jobs", backfills_partition(tenant_id), stories),
        Beside("operations", "operations", ops, stories),
        *([refused(dynamodb, at.refused, tenant_id)] if at.refused else []),
        *([rollups(dynamodb, at.rollups, tenant_id)] if at.rollups else []),
        Bodies("bodies", s3, at.bodies, f"{tenant_id}/"),
        Bodies("refused_bodies", s3, at.bodies, bodies_prefix(tenant_id)),
        Bodies("large_bodies", s3, at.bodies, large_prefix(tenant_id)),
    ]
    return found


def is_known(dynamodb: Any, at: Places, tenant_id: str, since: float, now: float) -> bool:
    """Whether anything is configured for a tenant, or was recorded since: for one who is not, a Query of each
    day."""
    configured: list[Drawer] = [
        Subscriptions(dynamodb, at.subscriptions, at.endpoints, tenant_id),
        EventTypes(dynamodb, at.event_types, tenant_id),
        Sources(dynamodb, at.sources, at.endpoints, tenant_id),
    ]
    if any(found for drawer in configured for found in pages(drawer)):
        return True
    rows = EventLog(dynamodb, at.events).between(tenant_id, since, now, newest_first=True, first=1)
    return next(rows, None) is not None


def purge_for(job: PurgeJob) -> Purge:
    """Refuses (409) where purges as jobs are off by now, and the tenant of Doorbell's own events."""
    tenant_id = job.selection.tenant_id
    refuse_purge(tenant_id, is_on=settings().purge_jobs)
    queues = (settings().events_queue_url, settings().events_dead_letter_queue_url)
    return Purge(
        drawers(client("dynamodb"), client("s3"), places(), span_of(tenant_id, time.time()), _pool()),
        lambda: sum(all_of(client("sqs"), url) for url in queues if url),
        time.time,
    )


def first_places() -> Places:
    """The tables that a stack has had from the start."""
    return Places(
        sources=settings().sources_table,
        subscriptions=settings().subscriptions_table,
        event_types=settings().event_types_table,
        endpoints=settings().endpoints_table,
        events=settings().events_table,
    )


def places() -> Places:
    """All that a tenant's things are in."""
    return replace(
        first_places(),
        routes=settings().routes_table,
        refused=settings().refused_table,
        rollups=settings().rollups_table,
        bodies=settings().bodies_bucket,
    )


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SIDE_BY_SIDE)
