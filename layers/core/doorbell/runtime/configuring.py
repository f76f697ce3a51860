"""The composition of what admin writes: sources, subscriptions and event types."""

import time
from functools import cache, partial

from doorbell.domain.subscriptions import scoped
from doorbell.egress.guard import problem_with as problem_with_url
from doorbell.payloads.expressions import problem_with as problem_with_expression
from doorbell.runtime.admin import event_types, items
from doorbell.runtime.bringing_forward import bring_forward
from doorbell.runtime.egress import policy, problem_with_target
from doorbell.runtime.source_rules import check_source, refuse_reserved
from doorbell.runtime.wiring import client, log, settings
from doorbell.store.configuration.config_tables import SOURCE_KEY, SUBSCRIPTION_KEY, ConfigTable, Stored
from doorbell.store.configuration.event_types import EVENT_TYPE_KEY
from doorbell.store.configuration.source_pauses import list_of
from doorbell.store.endpoints import EndpointTable
from doorbell.store.health.off_times import OFF, PAUSED, OffTimes
from doorbell.store.items.models import Checks, SourceItem, SubscriptionItem
from doorbell.usecases.configure import Configure


def source_items() -> Configure[Stored]:
    return Configure(
        kind="source",
        items=ConfigTable(client("dynamodb"), settings().sources_table, SOURCE_KEY),
        storable=partial(items.storable, SourceItem, checks()),
        new=refuse_reserved,
        clock=time.time,
        log=log(),
        resumed=lambda key: endpoints().resumed(
            list_of(client("dynamodb"), settings().sources_table, *key), time.time()
        ),
    )


def subscription_items() -> Configure[Stored]:
    return Configure(
        kind="subscription",
        items=ConfigTable(client("dynamodb"), settings().subscriptions_table, SUBSCRIPTION_KEY),
        storable=partial(items.storable, SubscriptionItem, checks()),
        clock=time.time,
        log=log(),
        started_anew=lambda key: endpoints().reset(scoped(*key)),
        was_off=lambda key, since, until: off_times().add(scoped(*key), since, until),
        resumed=lambda key: endpoints().resumed(scoped(*key), time.time()),
        was_paused=lambda key, since, until: off_times(PAUSED).add(scoped(*key), since, until),
        switched_off=lambda key: bring_forward()(*key),
    )


def event_type_items() -> Configure[Stored]:
    return Configure(
        kind="event_type",
        items=ConfigTable(client("dynamodb"), settings().event_types_table, EVENT_TYPE_KEY),
        storable=event_types.storable,
        clock=time.time,
        log=log(),
    )


def off_times(attribute: str = OFF) -> OffTimes:
    return OffTimes(client("dynamodb"), settings().endpoints_table, attribute)


@cache
def endpoints() -> EndpointTable:
    return EndpointTable(client("dynamodb"), settings().endpoints_table)


@cache
def checks() -> Checks:
    """Everything that can be known of an item without asking anybody."""
    return Checks(
        url=lambda url: problem_with_url(url, policy()),
        expression=problem_with_expression,
        source=check_source,
        target=problem_with_target,
    )
