"""Deliver: one message becomes at most one attempt.

claim → may it go now? → compose and sign → send → record → next message. Everything after the claim is
conditioned on it, so a message that comes twice, late or out of order changes nothing, and a worker that
wakes after its lease cannot overwrite what came later. What a crash leaves behind, `due_at` finds.

Costs on the happy path: one claim and one outcome (two writes of the item, one of the due index), one read
of the endpoint, one of the event; nothing is written to the endpoint while it is healthy and unlimited.
"""

from dataclasses import dataclass, replace
from typing import Self

from doorbell.domain.claims import DeliveryMessage, Lost
from doorbell.domain.deliveries import LEASE_MARGIN_SECONDS, Delivery, Lease, State
from doorbell.domain.errors import Busy, ConfigError, Unavailable
from doorbell.domain.outbound import Outcome
from doorbell.domain.pauses import paused, resumed
from doorbell.domain.retry import DEFAULT_SCHEDULE, RetryPolicy
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.transitions import too_old, why_given_up
from doorbell.usecases.admission import Admission, Healths, make_way
from doorbell.usecases.attempt_details import Keeping, keep_none
from doorbell.usecases.claiming import Repair, claimed
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.hold_back import HoldBack, names
from doorbell.usecases.holds import Hold
from doorbell.usecases.ports import Claims, Clock, Ids, Log, Metrics, Sender, Subscriptions
from doorbell.usecases.prepare import KeptEvents, Prepare, unsent
from doorbell.usecases.source_pauses import NONE_PAUSED, SourcePauses
from doorbell.usecases.waiting import Waiting

UNAUTHORIZED = 401
ANY_RETRY = RetryPolicy((*DEFAULT_SCHEDULE[:6], *[DEFAULT_SCHEDULE[5]] * 150), max_age_hours=24 * 366)
"""While a subscription cannot be read, for a month, after that every five hours: no delivery ends by a
schedule that may not be its own."""


@dataclass(frozen=True, slots=True)
class Deliver:
    deliveries: Claims
    subscriptions: Subscriptions
    admission: Admission
    prepare: Prepare
    sender: Sender
    conclude: Conclude
    waiting: Waiting
    clock: Clock
    ids: Ids
    metrics: Metrics
    log: Log
    keep_details: Keeping = keep_none
    pauses: SourcePauses = NONE_PAUSED

    def __call__(self, message: DeliveryMessage, *, redelivered: bool, time_left: float) -> None:
        """Raises when Doorbell itself could not do its part: the message must come again.

        `redelivered`: SQS has handed it out before. `time_left`: seconds until this worker is stopped.
        """
        subscription, broken = self._look_up(message)
        seconds = LEASE_MARGIN_SECONDS + (subscription.timeout_seconds if subscription else 0.0)
        if time_left < seconds:
            raise Unavailable("lambda", "deliver", "too little time left to start an attempt")
        lease = Lease(self.ids(), self.clock() + seconds)
        claim = claimed(self.deliveries, message, lease, subscription, self.clock, self.pauses)
        if isinstance(claim, Lost):
            Repair(self.conclude, self.waiting, self.clock, self.pauses)(
                message, claim.delivery, redelivered, subscription
            )
        elif not self._go_on(claim.delivery, subscription, broken):
            raise Unavailable("lambda", "deliver", "the claim had ended before its outcome was recorded")

    def over(self, claims: Claims, healths: Healths, events: KeptEvents, sender: Sender) -> Self:
        """The same, with what is claimed, recorded, read and sent by way of these: a batch's own."""
        return replace(
            self,
            deliveries=claims,
            sender=sender,
            conclude=replace(self.conclude, deliveries=claims),
            admission=replace(self.admission, healths=healths),
            prepare=replace(self.prepare, events=events),
        )

    def _go_on(
        self, delivery: Delivery, subscription: Subscription | None, broken: ConfigError | None
    ) -> bool:
        """False when another worker has claimed the delivery meanwhile. That worker may have been called by
        this very message, which must outlive both."""
        if subscription is None or not subscription.enabled:
            return self._cancel(delivery, subscription)
        by_itself = subscription.paused
        source_id = None if by_itself else self.pauses.of(delivery.key.event_id, self.prepare.events)
        is_held = by_itself or source_id is not None
        if broken is not None and not is_held:
            return self._fail(delivery, subscription, broken)
        now = self.clock()
        free = paused(delivery, now) if is_held else resumed(delivery, now)
        if too_old(free, subscription.retry, now):
            return self.conclude.end(delivery, State.EXHAUSTED, why_given_up(free, subscription.retry))
        if source_id is not None:
            return self._holding().in_pause_of_source(delivery, subscription, source_id)
        if is_held:
            return self._holding().in_pause(delivery, subscription)
        return self._attempt(free, subscription, freed=delivery.is_paused)

    def _look_up(self, message: DeliveryMessage) -> tuple[Subscription | None, ConfigError | None]:
        """A broken item stands for a subscription of which nothing is known. Gone, off or paused is only what
        is so at this moment: a delivery hangs on it."""
        tenant_id, subscription_id = message.tenant_id, message.key.subscription_id
        try:
            found = self.subscriptions.get(tenant_id, subscription_id)
            if found is None or not found.enabled or found.paused:
                found = self.subscriptions.get(tenant_id, subscription_id, fresh=True)
            return found, None
        except ConfigError as error:
            self.metrics.count("ConfigError", item="subscription")
            self.log.error("config_error", item=error.item, field=error.field, problem=error.problem)
            return Subscription(tenant_id, subscription_id, url="", retry=ANY_RETRY), error

    def _fail(self, delivery: Delivery, subscription: Subscription, error: ConfigError) -> bool:
        """On record as an attempt, and tried again as planned: somebody may repair the item."""
        health = self.admission.endpoints.health(subscription.endpoint_id)
        outcome = unsent("config_error", str(error))
        return self.conclude.attempt(delivery, subscription, outcome, health, self.clock())

    def _cancel(self, delivery: Delivery, subscription: Subscription | None) -> bool:
        reason = "subscription_deleted" if subscription is None else "subscription_disabled"
        return self.conclude.end(delivery, State.CANCELLED, reason)

    def _attempt(self, delivery: Delivery, subscription: Subscription, *, freed: bool) -> bool:
        assert delivery.lease is not None
        ticket = self.admission.ask(delivery, subscription, self.clock(), freed=freed)
        if isinstance(ticket, Hold):
            return self._holding()(delivery, subscription, ticket)
        answered_at: float | None = None
        try:
            at = self.clock()
            self.log.debug("claimed", **names(delivery))
            prepared = self.prepare(delivery, subscription)
            if isinstance(prepared, Outcome):
                outcome = prepared
            else:
                outcome, answered_at = self.sender.send(prepared), self.clock()
            recorded = self.conclude.attempt(delivery, subscription, outcome, ticket.health, at)
            if recorded:
                self.keep_details(delivery, outcome, at)
            if outcome.status == UNAUTHORIZED:
                self.prepare.composer.rejected(subscription)
            return recorded
        except Busy as error:
            hold = make_way(delivery, subscription, error.what, self.clock())
            return self._holding()(delivery, subscription, hold)
        finally:
            self.admission.leave(subscription, delivery.lease, ticket, answered_at)

    def _holding(self) -> HoldBack:
        return HoldBack(
            self.deliveries,
            self.subscriptions,
            self.admission.healths or self.admission.endpoints,
            self.conclude,
            self.waiting,
            self.clock,
            self.metrics,
            self.log,
            self.pauses,
        )
