"""Bugs of pauses: what goes in one, what is lost by one, whose age runs, who goes first after it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain import transitions
from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.retry import RetryPolicy
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.wakes import Wake
from doorbell.store import endpoints
from doorbell.store.endpoints import EndpointTable
from doorbell.store.items.subscription import SubscriptionItem
from doorbell.usecases import pausing
from doorbell.usecases.hold_back import HoldBack
from doorbell.usecases.prepare import unsent
from tests.simulation.mutations import bug
from tests.simulation.pauses import asked_for_longer, pause_of


@bug("pause: nobody reads that there is one", SubscriptionItem, "to_domain", met_at=pause_of(2))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: replace(sound(self), paused=False)


@bug("pause: it cancels, as if the subscription were off", HoldBack, "in_pause", met_at=pause_of(1))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: HoldBack, delivery: Delivery, subscription: Subscription) -> bool:
        return self.conclude.end(delivery, State.CANCELLED, "subscription_disabled")

    return mutant


@bug("pause: it uses up an attempt", HoldBack, "in_pause", met_at=pause_of(1))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: HoldBack, delivery: Delivery, subscription: Subscription) -> bool:
        health = self.conclude.endpoints.health(subscription.endpoint_id)
        outcome = unsent("paused", "it is paused")
        return self.conclude.attempt(delivery, subscription, outcome, health, self.clock())

    return mutant


@bug("pause: the age of those who wait runs on", transitions, "_of_age_at", met_at=pause_of(4))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(delivery: Delivery, retry: RetryPolicy) -> float:
        return delivery.created_at + retry.max_age_hours * 3600

    return mutant


@bug("pause: after it the list goes on where it was", pausing, "in_pause", met_at=pause_of(2))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(wake: Wake, now: float) -> Wake:
        return replace(wake, at=now + 300, cursor=now)

    return mutant


@bug("pause: a list is not looked at again after it", pausing, "in_pause", met_at=pause_of(2))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda wake, now: replace(sound(wake, now), at=now + 4 * 3600)


@bug("pause: after it an endpoint stays parked as before", EndpointTable, "resumed", met_at=pause_of(36))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, endpoint_id, now: sound(self, endpoint_id, 0.0)


@bug(
    "pause: after it an endpoint is asked that asked for longer",
    endpoints,
    "guess_at",
    met_at=asked_for_longer(),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda now: (sound(now)[0].partition(" AND (")[0], sound(now)[1])
