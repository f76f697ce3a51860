"""The composition of the indexer: what the stream of Subscriptions tells, and the walk of every hour."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doorbell.runtime.wiring import client, config_error, log, metrics, settings
from doorbell.store.items.models import load_subscription
from doorbell.store.routes.abouts import Abouts
from doorbell.store.routes.canaries import HeardCanaries, canary_of
from doorbell.store.routes.filing import RouteFile
from doorbell.store.routes.walks import ManifestWalk, SubscriptionWalk
from doorbell.usecases.certify import MANY, Certify
from doorbell.usecases.file_route import FileRoute
from doorbell.usecases.index_changes import Change, IndexChanges

SIDE_BY_SIDE = 8
_pool = ThreadPoolExecutor(SIDE_BY_SIDE)


def index_changes() -> IndexChanges:
    dynamodb, routes = client("dynamodb"), settings().routes_table
    return IndexChanges(
        file=_file(),
        certificates=Abouts(dynamodb, routes),
        canaries=HeardCanaries(dynamodb, routes),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        each=_pool.map,
    )


def certify() -> Certify:
    dynamodb, routes = client("dynamodb"), settings().routes_table
    return Certify(
        items=SubscriptionWalk(dynamodb, settings().subscriptions_table),
        manifests=ManifestWalk(dynamodb, routes),
        abouts=Abouts(dynamodb, routes),
        canaries=HeardCanaries(dynamodb, routes),
        file=_file(),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        each=_pool.map,
        many=MANY,
    )


def change_of(record: Mapping[str, Any]) -> Change:
    """Of a stream's record, of which the keys are enough.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html"""
    told = record["dynamodb"]
    tenant_id = told["Keys"]["tenant_id"]["S"]
    at = float(told["ApproximateCreationDateTime"])
    subscription_id = told["Keys"]["subscription_id"]["S"]
    return Change(told["SequenceNumber"], tenant_id, subscription_id, at, canary_of(tenant_id))


def _file() -> FileRoute:
    dynamodb = client("dynamodb")
    return FileRoute(
        items=SubscriptionWalk(dynamodb, settings().subscriptions_table),
        file=RouteFile(dynamodb, settings().routes_table),
        load=load_subscription,
        on_broken=config_error,
        clock=time.time,
    )
