"""The store and the use cases over a target's tables: the composition of the operator's commands."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from doorbell.domain.ledger import OVERDUE_SECONDS, SETTLE_SECONDS
from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.runtime.settings import Settings
from doorbell.store.deliveries import DeliveryTable
from doorbell.store.event_log import EventLog
from doorbell.store.ledger import LedgerTable
from doorbell.store.replay_jobs import ReplayTable
from doorbell.store.stories import StoryTable
from doorbell.store.subscriptions import SubscriptionTable
from doorbell.store.undelivered import UndeliveredIndex
from doorbell.usecases.audit import Audit
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.replay import Replay
from doorbell.usecases.replay_many import ReplayMany
from doorbell_cli.ops.voice import Quiet
from doorbell_cli.target import Target

SIDE_BY_SIDE = 10
"""The connection pool of a boto3 client, unless configured, holds ten."""


@dataclass(frozen=True, slots=True)
class Opened:
    target: Target

    @property
    def events_table(self) -> str:
        return self.target.table("Events")

    def log(self) -> EventLog:
        return EventLog(self.target.client("dynamodb"), self.events_table)

    def inspect(self) -> Inspect:
        return Inspect(StoryTable(self.target.client("dynamodb"), self.events_table, time.time))

    def undelivered(self) -> UndeliveredIndex:
        return UndeliveredIndex(self.target.client("dynamodb"), self.events_table)

    def subscriptions(self) -> SubscriptionTable:
        table = self.target.table("Subscriptions")
        return SubscriptionTable(self.target.client("dynamodb"), table, time.time, lambda error: None)

    def replays(self) -> ReplayTable:
        return ReplayTable(self.target.client("dynamodb"), self.events_table, Settings().due_shards)

    def replay_many(self) -> ReplayMany:
        return ReplayMany(self.undelivered(), self.replays(), time.time)

    def replay(self) -> Replay:
        client, quiet = self.target.client("dynamodb"), Quiet()
        return Replay(
            inspect=self.inspect(),
            deliveries=DeliveryTable(client, self.events_table, Settings().due_shards),
            queue=DeliveriesQueueWriter(self.target.client("sqs"), self.target.queue_url("Deliveries")),
            clock=time.time,
            metrics=quiet,
            log=quiet,
            grace=float(self.target.parameters.get("GraceSeconds", Settings().grace_seconds)),
        )

    def audit(self, settle: float = SETTLE_SECONDS, overdue: float = OVERDUE_SECONDS) -> Audit:
        pool = ThreadPoolExecutor(SIDE_BY_SIDE)
        ledger = LedgerTable(self.target.client("dynamodb"), self.events_table)
        return Audit(self.log(), ledger, time.time, partial(pool.map), settle, overdue)
