"""Bugs of pauses of a source: what it rang for goes, uses up an attempt, or is looked for on another list."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.claims import WakeCall
from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import Health
from doorbell.domain.holders import source_in
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases import admission
from doorbell.usecases.hold_back import HoldBack
from doorbell.usecases.prepare import unsent
from doorbell.usecases.source_pauses import SourcePauses
from doorbell.usecases.waiting import Waiting
from tests.simulation.mutations import bug
from tests.simulation.pauses import parked_in_pause, source_pause_of


@bug("source's pause: nobody reads that there is one", SourcePauses, "of", met_at=source_pause_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, event_id, events: None


@bug("source's pause: it uses up an attempt", HoldBack, "in_pause_of_source", met_at=source_pause_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: HoldBack, delivery: Delivery, subscription: Subscription, source_id: str) -> bool:
        health = self.conclude.endpoints.health(subscription.endpoint_id)
        outcome = unsent("paused", "it is paused")
        return self.conclude.attempt(delivery, subscription, outcome, health, self.clock())

    return mutant


@bug("source's pause: its list is not let out after it", SourcePauses, "whose", met_at=source_pause_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: SourcePauses, call: WakeCall, subscriptions: Any) -> Subscription | None:
        if source_in(call.subscription_id) is None:
            given: Subscription | None = sound(self, call, subscriptions)
            return given
        return Subscription(call.tenant_id, call.subscription_id, url="", paused=True)

    return mutant


@bug(
    "source's pause: who is filed on its list opens no wake",
    HoldBack,
    "in_pause_of_source",
    met_at=source_pause_of(0),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    class Asleep(Waiting):
        def awake(self, subscription: Subscription, seen: Health) -> None: ...
        def settle(self, delivery: Delivery, subscription: Subscription) -> None: ...

    def mutant(self: HoldBack, delivery: Delivery, subscription: Subscription, source_id: str) -> bool:
        real = self.waiting
        asleep = Asleep(real.endpoints, real.shelves, real.queue, real.clock, real.looked)
        return bool(sound(replace(self, waiting=asleep), delivery, subscription, source_id))

    return mutant


@bug(
    "source's pause: after it an endpoint stays parked as before",
    admission,
    "as_seen",
    met_at=parked_in_pause(well_at=700.0),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda read, url, now, *, freed: sound(read, url, now, freed=False)


@bug(
    "source's pause: after it an endpoint is asked that asked for longer",
    admission,
    "as_seen",
    met_at=parked_in_pause(well_at=700.0, busy="busy-for-long"),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda read, url, now, *, freed: sound(replace(read, asked_until=None), url, now, freed=freed)


@bug(
    "source's pause: each that was held asks an endpoint that others found down",
    admission,
    "as_seen",
    met_at=parked_in_pause(well_at=1500.0),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda read, url, now, *, freed: sound(
        replace(read, failing_since=None) if freed else read, url, now, freed=freed
    )
