"""The composition of admin."""

import time
from functools import cache, partial

from doorbell.domain.subscriptions import scoped
from doorbell.egress.guard import problem_with as problem_with_url
from doorbell.payloads.expressions import problem_with as problem_with_expression
from doorbell.runtime.admin import event_types, items
from doorbell.runtime.admin.api import AdminApi, build
from doorbell.runtime.admin.parts import Parts
from doorbell.runtime.egress import policy
from doorbell.runtime.outbound import (
    SECONDS_PER_DAY,
    deliveries,
    deliveries_queue,
    subscriptions,
)
from doorbell.runtime.wiring import client, log, metrics, settings, stale_secret
from doorbell.signatures.gate import Gate
from doorbell.signatures.outgoing import public_key
from doorbell.store.config_tables import SOURCE_KEY, SUBSCRIPTION_KEY, ConfigTable, Stored
from doorbell.store.endpoints import EndpointTable
from doorbell.store.event_log import EventLog
from doorbell.store.event_types import EVENT_TYPE_KEY
from doorbell.store.items import Checks, SourceItem, SubscriptionItem
from doorbell.store.secrets import SecretStore
from doorbell.store.stories import StoryTable
from doorbell.store.undelivered import UndeliveredIndex
from doorbell.usecases.browse import Browse
from doorbell.usecases.configure import Configure
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.public_keys import PublicKeys
from doorbell.usecases.replay import Replay


def admin() -> AdminApi:
    events_table = settings().events_table
    return build(
        Parts(
            sources=_sources(),
            subscriptions=_subscriptions(),
            event_types=_event_types(),
            checks=checks(),
            public_keys=PublicKeys(subscriptions(), SecretStore(client, on_stale=stale_secret), public_key),
            endpoints=endpoints(),
            browse=Browse(
                EventLog(client("dynamodb"), events_table), UndeliveredIndex(client("dynamodb"), events_table)
            ),
            inspect=inspect(),
            replay=replay(),
            clock=time.time,
            log=log(),
            kept_seconds=float(settings().retention_days * SECONDS_PER_DAY),
        )
    )


@cache
def checks() -> Checks:
    """Everything that can be known of an item without asking anybody."""
    return Checks(
        url=lambda url: problem_with_url(url, policy()),
        expression=problem_with_expression,
        source=Gate().check_source,
    )


def inspect() -> Inspect:
    return Inspect(StoryTable(client("dynamodb"), settings().events_table, time.time))


def replay() -> Replay:
    return Replay(
        inspect=inspect(),
        deliveries=deliveries(),
        queue=deliveries_queue(),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        grace=settings().grace_seconds,
    )


@cache
def endpoints() -> EndpointTable:
    return EndpointTable(client("dynamodb"), settings().endpoints_table)


def _sources() -> Configure[Stored]:
    return Configure(
        kind="source",
        items=ConfigTable(client("dynamodb"), settings().sources_table, SOURCE_KEY),
        storable=partial(items.storable, SourceItem, checks()),
        clock=time.time,
        log=log(),
    )


def _subscriptions() -> Configure[Stored]:
    return Configure(
        kind="subscription",
        items=ConfigTable(client("dynamodb"), settings().subscriptions_table, SUBSCRIPTION_KEY),
        storable=partial(items.storable, SubscriptionItem, checks()),
        clock=time.time,
        log=log(),
        started_anew=lambda key: endpoints().reset(scoped(*key)),
    )


def _event_types() -> Configure[Stored]:
    return Configure(
        kind="event_type",
        items=ConfigTable(client("dynamodb"), settings().event_types_table, EVENT_TYPE_KEY),
        storable=event_types.storable,
        clock=time.time,
        log=log(),
    )
