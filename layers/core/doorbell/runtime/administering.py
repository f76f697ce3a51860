"""The composition of admin."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from doorbell.payloads.filters import Filters
from doorbell.runtime import configuring
from doorbell.runtime.admin.api import AdminApi, build
from doorbell.runtime.admin.parts import Parts
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
from doorbell.runtime.wiring import client, log, metrics, settings, stale_secret
from doorbell.signatures.naming import fitted
from doorbell.signatures.signing.outgoing import public_key
from doorbell.signatures.vouching import PUBLISH_SOURCE
from doorbell.store.configuration.config_tables import SOURCE_KEY, SUBSCRIPTION_KEY, ConfigTable
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.delivery_states import DeliveryStateTable
from doorbell.store.deliveries.history_index import HistoryIndex
from doorbell.store.deliveries.pending_walk import PendingWalk
from doorbell.store.deliveries.undelivered import UndeliveredIndex
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.generations import GenerationTable
from doorbell.store.events.stories import StoryTable
from doorbell.store.items.models import load_subscription
from doorbell.store.rollups.rollup_reads import RollupReads
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.browse import Browse
from doorbell.usecases.explain import Explain
from doorbell.usecases.find import Find
from doorbell.usecases.history import History
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.public_keys import PublicKeys
from doorbell.usecases.replay import Replay
from doorbell.usecases.search import Search
from doorbell.usecases.show_body import ShowBody
from doorbell.usecases.stats import Stats

if TYPE_CHECKING:
    from doorbell.usecases.ask_to_purge import AskToPurge


def admin() -> AdminApi:
    events_table = settings().events_table
    return build(
        Parts(
            sources=configuring.source_items(),
            subscriptions=configuring.subscription_items(),
            event_types=configuring.event_type_items(),
            checks=configuring.checks(),
            public_keys=PublicKeys(subscriptions(), SecretStore(client, on_stale=stale_secret), public_key),
            endpoints=configuring.endpoints(),
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
            purges=purges,
            show_body=show_body(),
            refused=refused_requests(),
            stats=Stats(RollupReads(client("dynamodb"), settings().rollups_table), time.time),
            clock=time.time,
            log=log(),
            kept_seconds=float(settings().retention_days * SECONDS_PER_DAY),
        )
    )


def purges() -> AskToPurge:
    from doorbell.runtime.purge_desk import ask_to_purge  # all that can be removed: once in a while

    return ask_to_purge()


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
