"""Bugs of an attempt: what is sent, when, and which message does it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery, Lease
from doorbell.domain.health import Health
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.records import StoredEvent
from doorbell.payloads.compose import Composer
from doorbell.usecases.admission import Hold
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.prepare import Prepare, unsent
from tests.simulation.mutations import bug
from tests.simulation.story import story_of


@bug("deliver: recorded before it is sent", Deliver, "_attempt")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Deliver, delivery: Delivery, subscription: Any) -> bool:
        ticket = self.admission.ask(delivery, subscription, self.clock())
        if isinstance(ticket, Hold):
            return self._postpone(delivery, ticket)
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


@bug("deliver: a held message uses up an attempt", Deliver, "_postpone")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Deliver, delivery: Delivery, hold: Hold) -> bool:
        outcome = unsent("held", hold.reason)
        return self.conclude.attempt(delivery, self.subscriptions.get(  # type: ignore[arg-type]
            delivery.tenant_id, delivery.key.subscription_id), outcome, Health(), self.clock())  # fmt: skip

    return mutant


@bug("deliver: no repair after an outcome whose message is missing", Deliver, "_repair")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, message, delivery, redelivered: sound(self, message, delivery, False)


@bug("deliver: a message before its time is dropped", Deliver, "_repair")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Deliver, message: DeliveryMessage, delivery: Delivery | None, redelivered: bool) -> None:
        if delivery is not None and message.attempt < delivery.next_attempt:
            sound(self, message, delivery, redelivered)

    return mutant


@bug(
    "deliver: early by a second look at the clock (found by this simulation)",
    Deliver,
    "_repair",
    met_at=story_of(1215),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Deliver, message: DeliveryMessage, delivery: Delivery | None, redelivered: bool) -> None:
        early = delivery is not None and delivery.next_attempt_at > self.clock() + 1.0
        if delivery is not None and (early or message.attempt < delivery.next_attempt):
            sound(self, message, delivery, redelivered)

    return mutant


@bug(
    "deliver: dropped while another has the claim (found by this simulation)",
    Deliver,
    "_repair",
    met_at=story_of(1215),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Deliver, message: DeliveryMessage, delivery: Delivery | None, redelivered: bool) -> None:
        live = delivery is not None and delivery.lease is not None and self.clock() < delivery.lease.until
        if not live:
            sound(self, message, delivery, redelivered)

    return mutant


@bug("send: a new webhook-id for every attempt", Composer, "compose")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Composer, subscription: Any, event: StoredEvent, body: bytes, *given: Any) -> Any:
        request, attempt = sound(self, subscription, event, body, *given), given[0]
        headers = {**dict(request.headers), "webhook-id": f"{event.event_id}.{attempt}"}
        return replace(request, headers=tuple(headers.items()))

    return mutant
