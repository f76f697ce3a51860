"""What replays are made with, over a target's tables and queue."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from doorbell.domain.errors import ConfigError
from doorbell.domain.replays import Selection
from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.runtime.settings import Settings
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.undelivered import UndeliveredIndex
from doorbell.store.events.replay_jobs import ReplayTable
from doorbell.store.health.reads import HealthReads
from doorbell.store.items.models import load_subscription
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.left_out import CountLeftOut, LeftOut, Span
from doorbell.usecases.replay import Replay
from doorbell.usecases.replay_many import ReplayMany
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops import reading
from doorbell_cli.ops.quiet import Quiet
from doorbell_cli.ops.unmatched import would_match
from doorbell_cli.target import Target


@dataclass(frozen=True, slots=True)
class Replayer:
    target: Target

    def inspect(self) -> Inspect:
        return reading.inspect(self.target)

    def undelivered(self) -> UndeliveredIndex:
        return reading.undelivered(self.target)

    def subscriptions(self) -> SubscriptionTable:
        table = self.target.table("Subscriptions")
        return SubscriptionTable(self.target.client("dynamodb"), table, lambda error: None)

    def jobs(self) -> ReplayTable:
        events = self.target.table("Events")
        return ReplayTable(self.target.client("dynamodb"), events, Settings().due_shards)

    def many(self, selection: Selection) -> ReplayMany:
        log = would_match(self.target, selection) if selection.would_match else self.undelivered()
        return ReplayMany(log, self.jobs(), time.time)

    def left_out(self, selection: Selection, off: Sequence[Span] | None = None) -> LeftOut:
        """What a replay of `selection` does not send; nothing of a subscription that is broken, or not there.
        `off`: when it was off, if that is not on record yet. One of what it would match leaves out none."""
        item = SUBSCRIPTION.table(self.target).get(selection.tenant_id, selection.subscription_id)
        if item is None or selection.would_match:
            return LeftOut()
        try:
            subscription = load_subscription({**item.values, "enabled": True})
        except ConfigError:
            return LeftOut()
        times = self._healths().off_times(subscription.endpoint_id) if off is None else off
        made_at = item.values.get("created_at")
        known = float(made_at) if isinstance(made_at, int | float) else None
        count = CountLeftOut(reading.event_log(self.target), self.jobs())
        return count(subscription, known, times, selection.since, selection.until)

    def _healths(self) -> HealthReads:
        return HealthReads(self.target.client("dynamodb"), self.target.table("Endpoints"))

    def one(self) -> Replay:
        client, quiet = self.target.client("dynamodb"), Quiet()
        return Replay(
            inspect=self.inspect(),
            deliveries=DeliveryTable(client, self.target.table("Events"), Settings().due_shards),
            queue=DeliveriesQueueWriter(self.target.client("sqs"), self.target.queue_url("Deliveries")),
            clock=time.time,
            metrics=quiet,
            log=quiet,
            grace=float(self.target.parameters.get("GraceSeconds", Settings().grace_seconds)),
        )
