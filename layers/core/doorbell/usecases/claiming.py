"""Claiming: who may go on with the delivery that a message speaks of, and what is left to do if not this
one."""

from dataclasses import dataclass

from doorbell.domain.claims import DeliveryMessage, Lost, Won
from doorbell.domain.clocks import plan
from doorbell.domain.deliveries import Delivery, Lease
from doorbell.domain.holders import as_holder, source_held_by
from doorbell.domain.shelves import KEPT_SECONDS, last_chance_at
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.ports import Claims, Clock
from doorbell.usecases.source_pauses import SourcePauses
from doorbell.usecases.waiting import Waiting


def claimed(
    claims: Claims,
    message: DeliveryMessage,
    lease: Lease,
    subscription: Subscription | None,
    clock: Clock,
    pauses: SourcePauses,
) -> Won | Lost:
    """Of one that waits on a shelf only by a release: every other message would go round the meter. Or as its
    last chance, or when nothing is left to wait for; or when its own clock has come to it in a pause, to be
    filed again for as long: a pause may last for weeks."""
    claim = claims.claim(message.key, message.attempt, lease, clock(), release=message.release)
    if message.release or isinstance(claim, Won) or claim.delivery is None or not claim.delivery.waits:
        return claim
    if subscription is not None and subscription.enabled:
        now = clock()
        its_clock_came = (claim.delivery.due_at or 0.0) < now + KEPT_SECONDS
        looked_at = its_clock_came and (subscription.paused or _source_paused(claim.delivery, pauses))
        if now < last_chance_at(claim.delivery, subscription.retry) and not looked_at:
            return claim
    return claims.claim(message.key, message.attempt, lease, clock(), release=True)


def _source_paused(delivery: Delivery, pauses: SourcePauses) -> bool:
    """Of the source on whose list it waits."""
    source_id = source_held_by(delivery)
    return source_id is not None and pauses.is_paused(source_id)


@dataclass(frozen=True, slots=True)
class Repair:
    conclude: Conclude
    waiting: Waiting
    clock: Clock
    pauses: SourcePauses

    def __call__(
        self,
        message: DeliveryMessage,
        delivery: Delivery | None,
        redelivered: bool,
        subscription: Subscription | None,
    ) -> None:
        """A message whose claim was lost. It is dropped, but for four cases in which nobody else may go on:
        another worker has the claim (it may have woken long after its own message was gone): look again
        when the claim has ended. It came before its time, or again after its outcome was recorded: see to
        its successor. It waits on a shelf: see to its list's wake, which is all the successor that it has."""
        now = self.clock()
        if delivery is None or delivery.state.terminal:
            return
        if delivery.waits and not message.release:
            self.waiting.settle(delivery, self._holder(delivery, subscription))
            return
        again, live = delivery.next_attempt_at, False
        if delivery.lease is not None and now < delivery.lease.until:
            again, live = delivery.lease.until, True
        elif message.release and not redelivered:  # somebody else has gone on with it
            return
        its_turn = message.attempt == delivery.next_attempt
        orphaned = redelivered and message.attempt < delivery.next_attempt and not live
        if its_turn or orphaned:
            self.conclude.send_next(delivery, plan(again, now=now, grace=self.conclude.grace))

    def _holder(self, delivery: Delivery, subscription: Subscription | None) -> Subscription:
        """Whom it waits for. Of one that is gone, all is known that is needed."""
        known = subscription or Subscription(delivery.tenant_id, delivery.key.subscription_id, url="")
        source_id = source_held_by(delivery)
        if source_id is None:
            return known
        return as_holder(source_id, known, paused=self.pauses.is_paused(source_id))
