"""The composition of admin."""

import time
from functools import cache, partial

from doorbell.domain.subscriptions import scoped
from doorbell.egress.guard import problem_with as problem_with_url
from doorbell.payloads.expressions import problem_with as problem_with_expression
from doorbell.payloads.filters import Filters
from doorbell.runtime.admin import event_types, items
from doorbell.runtime.admin.api import AdminApi, build
from doorbell.runtime.admin.parts import Parts
from doorbell.runtime.bringing_forward import bring_forward
from doorbell.runtime.egress import policy, problem_with_target
from doorbell.runtime.job_desk import job_desk
from doorbell.runtime.outbound import (
    SECONDS_PER_DAY,
    bodies,
    deliveries,
    deliveries_queue,
    events,
    subscriptions,
)
from doorbell.runtime.refusals import refused_requests
from doorbell.runtime.source_rules import check_source, refuse_reserved
from doorbell.runtime.wiring import client, log, metrics, settings, stale_secret
from doorbell.signatures.naming import fitted
from doorbell.signatures.signing.outgoing import public_key
from doorbell.signatures.vouching import PUBLISH_SOURCE
from doorbell.store.configuration.config_tables import SOURCE_KEY, SUBSCRIPTION_KEY, ConfigTable, Stored
from doorbell.store.configuration.event_types import EVENT_TYPE_KEY
from doorbell.store.configuration.source_pauses import list_of
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.delivery_states import DeliveryStateTable
from doorbell.store.deliveries.history_index import HistoryIndex
from doorbell.store.deliveries.pending_walk import PendingWalk
from doorbell.store.deliveries.undelivered import UndeliveredIndex
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.generations import GenerationTable
from doorbell.store.events.stories import StoryTable
from doorbell.store.health.off_times import OffTimes
from doorbell.store.items.models import Checks, SourceItem, SubscriptionItem, load_subscription
from doorbell.store.rollups.rollup_reads import RollupReads
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.browse import Browse
from doorbell.usecases.configure import Configure
from doorbell.usecases.explain import Explain
from doorbell.usecases.find import Find
from doorbell.usecases.history import History
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.public_keys import PublicKeys
from doorbell.usecases.replay import Replay
from doorbell.usecases.search import Search
from doorbell.usecases.show_body import ShowBody
from doorbell.usecases.stats import Stats


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
            browse=Browse(event_log(), UndeliveredIndex(client("dynamodb"), events_table)),
            history=History(HistoryIndex(client("dynamodb"), events_table)),
            all_kept=settings().history == "all",
            search=Search(event_log(), DeliveryStateTable(client("dynamodb"), events_table), show_body()),
            find=find(),
            attempt_details=AttemptDetailTable(client("dynamodb"), events_table, time.time),
            pending=PendingWalk(client("dynamodb"), events_table),
            inspect=inspect(),
            explain=explain(),
            replay=replay(),
            jobs=job_desk(),
            show_body=show_body(),
            refused=refused_requests(),
            stats=Stats(RollupReads(client("dynamodb"), settings().rollups_table), time.time),
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
        source=check_source,
        target=problem_with_target,
    )


def inspect() -> Inspect:
    return Inspect(StoryTable(client("dynamodb"), settings().events_table, time.time))


def event_log() -> EventLog:
    return EventLog(client("dynamodb"), settings().events_table)


def show_body() -> ShowBody:
    return ShowBody(events(), bodies(), time.time)


def find() -> Find:
    return Find(
        ConfigTable(client("dynamodb"), settings().subscriptions_table, SUBSCRIPTION_KEY),
        ConfigTable(client("dynamodb"), settings().sources_table, SOURCE_KEY),
        GenerationTable(client("dynamodb"), settings().events_table, time.time),
        fitted,
        PUBLISH_SOURCE,
    )


def explain() -> Explain:
    items = ConfigTable(client("dynamodb"), settings().subscriptions_table, SUBSCRIPTION_KEY)
    return Explain(inspect(), items, load_subscription, bodies(), Filters())


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


def off_times() -> OffTimes:
    return OffTimes(client("dynamodb"), settings().endpoints_table)


def _sources() -> Configure[Stored]:
    return Configure(
        kind="source",
        items=ConfigTable(client("dynamodb"), settings().sources_table, SOURCE_KEY),
        storable=partial(items.storable, SourceItem, checks()),
        new=refuse_reserved,
        clock=time.time,
        log=log(),
        resumed=lambda key: endpoints().resumed(list_of(client("dynamodb"), settings().sources_table, *key)),
    )


def _subscriptions() -> Configure[Stored]:
    return Configure(
        kind="subscription",
        items=ConfigTable(client("dynamodb"), settings().subscriptions_table, SUBSCRIPTION_KEY),
        storable=partial(items.storable, SubscriptionItem, checks()),
        clock=time.time,
        log=log(),
        started_anew=lambda key: endpoints().reset(scoped(*key)),
        was_off=lambda key, since, until: off_times().add(scoped(*key), since, until),
        resumed=lambda key: endpoints().resumed(scoped(*key)),
        switched_off=lambda key: bring_forward()(*key),
    )


def _event_types() -> Configure[Stored]:
    return Configure(
        kind="event_type",
        items=ConfigTable(client("dynamodb"), settings().event_types_table, EVENT_TYPE_KEY),
        storable=event_types.storable,
        clock=time.time,
        log=log(),
    )
