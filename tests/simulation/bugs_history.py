"""Bugs of the history: who stands in it, where, since when, and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from doorbell.domain.deliveries import Attempt, Delivery
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.subscriptions import Subscription
from doorbell.store.deliveries import delivery_change
from doorbell.store.deliveries.delivery_change import Change
from doorbell.usecases.attempt_details import KeepDetails
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.history import History, HistoryPage
from tests.simulation.mutations import bug
from tests.simulation.outages import outage_of
from tests.simulation.story import crowd_of, story_of


@bug("history: all of a tenant stand on one shelf", delivery_change, "history_shelf", met_at=story_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda delivery: sound(replace(delivery, key=replace(delivery.key, subscription_id="all")))


@bug("history: who waited on a list leaves it for none", Change, "__init__", met_at=outage_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(
        self: Change, claimed: Delivery, attempt: Attempt | None, after: Delivery, *, history: bool
    ) -> None:
        sound(self, claimed, attempt, after, history=history and claimed.shelf is None)

    return mutant


@bug("history: who ends without an attempt is not in it", Change, "__init__", met_at=story_of(5))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(
        self: Change, claimed: Delivery, attempt: Attempt | None, after: Delivery, *, history: bool
    ) -> None:
        sound(self, claimed, attempt, after, history=history and attempt is not None)

    return mutant


@bug("history: it stands there at its plan and not at its end", Change, "__init__", met_at=crowd_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Change, claimed: Delivery, *given: Any, **named: Any) -> None:
        sound(self, claimed, *given, **named)
        if "delivered_at" in self.values:
            self.values["shelf_at"] = claimed.next_attempt_at

    return mutant


@bug("history: a page begins with what the one before ended with", History, "__call__", met_at=crowd_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: History, *given: Any, **named: Any) -> HistoryPage:
        page: HistoryPage = sound(self, *given, **named)
        return replace(page, seen=())

    return mutant


@bug("details: of an attempt whose claim was lost, too", Deliver, "_attempt")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Deliver, delivery: Delivery, subscription: Subscription, *, freed: bool) -> bool:
        def kept_before(request: OutboundRequest) -> Outcome:
            outcome = self.sender.send(request)
            self.keep_details(delivery, outcome, self.clock())
            return outcome

        return bool(sound(replace(self, sender=_Sends(kept_before)), delivery, subscription, freed=freed))

    return mutant


@bug("details: of the attempt that comes next", KeepDetails, "__call__", met_at=story_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: KeepDetails, delivery: Delivery, outcome: Outcome, at: float) -> None:
        made = Attempt(0, at, 0, None, None, "", "")
        sound(self, replace(delivery, attempts=(*delivery.attempts, made)), outcome, at)

    return mutant


@dataclass(frozen=True, slots=True)
class _Sends:
    send: Callable[[OutboundRequest], Outcome]
