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
from doorbell.domain.clocks import plan
from doorbell.domain.deliveries import Delivery, Lease, State
from doorbell.domain.errors import Busy, ConfigError, Unavailable
from doorbell.domain.outbound import Outcome
from doorbell.domain.retry import DEFAULT_SCHEDULE, RetryPolicy
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.transitions import too_old
from doorbell.usecases.admission import Admission, Healths, Hold
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.ports import (
    Claims,
    Clock,
    Ids,
    Log,
    Metrics,
    Sender,
    Subscriptions,
)
from doorbell.usecases.prepare import KeptEvents, Prepare, unsent

UNAUTHORIZED = 401
ANY_RETRY = RetryPolicy((*DEFAULT_SCHEDULE[:6], *[DEFAULT_SCHEDULE[5]] * 150), max_age_hours=24 * 366)
"""While a subscription cannot be read, for a month, after that every five hours: no delivery ends by a
schedule that may not be its own."""
BUSY_SECONDS = 10.0
"""Until a message comes again that had to make way for others of its batch."""
LEASE_MARGIN_SECONDS = 15.0
"""Beyond the attempt's own time-out: for reading what is to be sent and recording what came of it."""


@dataclass(frozen=True, slots=True)
class Deliver:
    deliveries: Claims
    subscriptions: Subscriptions
    admission: Admission
    prepare: Prepare
    sender: Sender
    conclude: Conclude
    clock: Clock
    ids: Ids
    metrics: Metrics
    log: Log

    def __call__(self, message: DeliveryMessage, *, redelivered: bool, time_left: float) -> None:
        """Raises when Doorbell itself could not do its part: the message must come again.

        `redelivered`: SQS has handed it out before. `time_left`: seconds until this worker is stopped.
        """
        subscription, broken = self._look_up(message)
        seconds = LEASE_MARGIN_SECONDS + (subscription.timeout_seconds if subscription else 0.0)
        if time_left < seconds:
            raise Unavailable("lambda", "deliver", "too little time left to start an attempt")
        lease = Lease(self.ids(), self.clock() + seconds)
        claim = self.deliveries.claim(message.key, message.attempt, lease, self.clock())
        if isinstance(claim, Lost):
            self._repair(message, claim.delivery, redelivered)
        elif not self._go_on(claim.delivery, subscription, broken):
            raise Unavailable("lambda", "deliver", "the claim had ended before its outcome was recorded")

    def over(self, claims: Claims, healths: Healths, events: KeptEvents) -> Self:
        """The same, with what is claimed, recorded and read by way of these: a batch's own."""
        return replace(
            self,
            deliveries=claims,
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
        if broken is not None:
            return self._fail(delivery, subscription, broken)
        if too_old(delivery, subscription.retry, self.clock()):
            return self.conclude.end(delivery, State.EXHAUSTED, "age")
        return self._attempt(delivery, subscription)

    def _look_up(self, message: DeliveryMessage) -> tuple[Subscription | None, ConfigError | None]:
        """A broken item stands for a subscription of which nothing is known. Gone or off is only what is so
        at this moment: a delivery hangs on it."""
        tenant_id, subscription_id = message.tenant_id, message.key.subscription_id
        try:
            found = self.subscriptions.get(tenant_id, subscription_id)
            if found is None or not found.enabled:
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

    def _attempt(self, delivery: Delivery, subscription: Subscription) -> bool:
        assert delivery.lease is not None
        ticket = self.admission.ask(delivery, subscription, self.clock())
        if isinstance(ticket, Hold):
            return self._postpone(delivery, ticket)
        try:
            at = self.clock()
            prepared = self.prepare(delivery, subscription)
            outcome = prepared if isinstance(prepared, Outcome) else self.sender.send(prepared)
            recorded = self.conclude.attempt(delivery, subscription, outcome, ticket.health, at)
            if outcome.status == UNAUTHORIZED:
                self.prepare.composer.rejected(subscription)
            return recorded
        except Busy as error:
            return self._postpone(delivery, Hold(self.clock() + BUSY_SECONDS, error.what, delivery.slot_at))
        finally:
            self.admission.leave(subscription, delivery.lease)

    def _postpone(self, delivery: Delivery, hold: Hold) -> bool:
        """Not an attempt: the plan moves, the count does not."""
        now = self.clock()
        step = plan(hold.until, now=now, grace=self.conclude.grace, reach=hold.reach)
        after = replace(
            delivery,
            next_attempt_at=step.next_attempt_at,
            due_at=step.due_at,
            slot_at=hold.slot_at,
            lease=None,
        )
        if not self.deliveries.record(delivery, None, after):
            return False
        self.conclude.send_next(after, step)
        self.metrics.count("Held", reason=hold.reason)
        self.log.info("held", **_names(delivery), reason=hold.reason, until=hold.until)
        return True

    def _repair(self, message: DeliveryMessage, delivery: Delivery | None, redelivered: bool) -> None:
        """A message whose claim was lost. It is dropped, but for three cases in which nobody else may go on:
        another worker has the claim (it may have woken long after its own message was gone): look again
        when the claim has ended. It came before its time, or again after its outcome was recorded: see to
        its successor."""
        now = self.clock()
        if delivery is None or delivery.state.terminal:
            return
        again, live = delivery.next_attempt_at, False
        if delivery.lease is not None and now < delivery.lease.until:
            again, live = delivery.lease.until, True
        its_turn = message.attempt == delivery.next_attempt
        orphaned = redelivered and message.attempt < delivery.next_attempt and not live
        if its_turn or orphaned:
            self.conclude.send_next(delivery, plan(again, now=now, grace=self.conclude.grace))


def _names(delivery: Delivery) -> dict[str, object]:
    return {
        "event_id": delivery.key.event_id,
        "subscription_id": delivery.key.subscription_id,
        "generation": delivery.key.generation,
        "attempt": delivery.next_attempt,
    }
