"""Bugs of an attempt: what is sent, when, and which message does it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain import transitions
from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery, Lease
from doorbell.domain.health import Health
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.records import StoredEvent
from doorbell.payloads.compose import Composer
from doorbell.usecases import deliver
from doorbell.usecases.admission import BUSY_SECONDS
from doorbell.usecases.claiming import Repair
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.hold_back import HoldBack
from doorbell.usecases.holds import Hold
from doorbell.usecases.prepare import Prepare, unsent
from tests.simulation.exhaust import STORIES
from tests.simulation.mutations import bug
from tests.simulation.story import crowd_of, story_of


@bug("deliver: recorded before it is sent", Deliver, "_attempt")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Deliver, delivery: Delivery, subscription: Any, *, freed: bool) -> bool:
        ticket = self.admission.ask(delivery, subscription, self.clock(), freed=freed)
        if isinstance(ticket, Hold):
            return self._holding()(delivery, subscription, ticket)
        prepared = self.prepare(delivery, subscription)
        recorded = self.conclude.attempt(
            delivery, subscription, Outcome(200, None, "", None, "", 5), ticket.health, self.clock()
        )
        if isinstance(prepared, OutboundRequest):
            self.sender.send(prepared)
        return recorded

    return mutant


@bug("deliver: preparing may outlast the lease", Prepare, "__call__")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Prepare, delivery: Delivery, subscription: Any) -> Any:
        return sound(self, replace(delivery, lease=Lease("", float("inf"))), subscription)

    return mutant


@bug("deliver: a held message uses up an attempt", HoldBack, "_postpone")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: HoldBack, delivery: Delivery, marked: Delivery, hold: Hold) -> bool:
        outcome = unsent("held", hold.reason)
        return self.conclude.attempt(delivery, self.subscriptions.get(  # type: ignore[arg-type]
            delivery.tenant_id, delivery.key.subscription_id), outcome, Health(), self.clock())  # fmt: skip

    return mutant


@bug(
    "deliver: a message that finds no room for its look-up has failed",
    HoldBack,
    "_postpone",
    met_at=story_of(92),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: HoldBack, delivery: Delivery, marked: Delivery, hold: Hold) -> Any:
        if hold.reason != "lookups":
            return sound(self, delivery, marked, hold)
        key, outcome = delivery.key, unsent("lookups_busy", "")
        subscription = self.subscriptions.get(delivery.tenant_id, key.subscription_id)
        return self.conclude.attempt(delivery, subscription, outcome, Health(), self.clock())  # type: ignore[arg-type]

    return mutant


@bug(
    "deliver: a message that finds no room for its look-up is forgotten",
    HoldBack,
    "_postpone",
    met_at=story_of(112),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *given: given[-1].reason == "lookups" or sound(self, *given)


@bug(
    "deliver: a message makes way beyond its age (found by this simulation)",
    deliver,
    "make_way",
    met_at=STORIES["held for want of a look-up until it is given up"],
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(delivery: Delivery, subscription: Any, reason: str, now: float) -> Hold:
        return Hold(now + BUSY_SECONDS, reason, delivery.slot_at)

    return mutant


@bug("deliver: a 2xx whose body never ended is tried again", transitions, "succeeded", met_at=story_of(11))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda outcome: outcome.error is None and sound(outcome)


@bug("deliver: no repair after an outcome whose message is missing", Repair, "__call__")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, message, delivery, redelivered, *given: sound(self, message, delivery, False, *given)


@bug("deliver: a message before its time is dropped", Repair, "__call__", met_at=story_of(24))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Repair, message: DeliveryMessage, delivery: Delivery | None, *given: Any) -> None:
        if delivery is not None and message.attempt < delivery.next_attempt:
            sound(self, message, delivery, *given)

    return mutant


@bug(
    "deliver: early by a second look at the clock (found by this simulation)",
    Repair,
    "__call__",
    met_at=crowd_of(24),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Repair, message: DeliveryMessage, delivery: Delivery | None, *given: Any) -> None:
        early = delivery is not None and delivery.next_attempt_at > self.clock() + 1.0
        if delivery is not None and (early or message.attempt < delivery.next_attempt):
            sound(self, message, delivery, *given)

    return mutant


@bug(
    "deliver: dropped while another has the claim (found by this simulation)",
    Repair,
    "__call__",
    met_at=crowd_of(24),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Repair, message: DeliveryMessage, delivery: Delivery | None, *given: Any) -> None:
        live = delivery is not None and delivery.lease is not None and self.clock() < delivery.lease.until
        if not live:
            sound(self, message, delivery, *given)

    return mutant


@bug("send: a new webhook-id for every attempt", Composer, "compose")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Composer, subscription: Any, event: StoredEvent, body: bytes, *given: Any) -> Any:
        request, attempt = sound(self, subscription, event, body, *given), given[0]
        headers = {**dict(request.headers), "webhook-id": f"{event.event_id}.{attempt}"}
        return replace(request, headers=tuple(headers.items()))

    return mutant
