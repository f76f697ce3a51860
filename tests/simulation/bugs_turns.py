"""Bugs of the batch that fan-out takes, of routing in turns, and of keys that are used again."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from doorbell.domain.errors import Unavailable
from doorbell.domain.records import Incoming, StoredEvent
from doorbell.domain.uses import Is
from doorbell.queues.again import EventsAgain
from doorbell.queues.outbox import Outbox
from doorbell.runtime.batches import Record
from doorbell.runtime.fanning_out import Batch
from doorbell.usecases import generations
from doorbell.usecases.generations import Generations
from doorbell.usecases.in_turns import InTurns
from doorbell.usecases.route import Route
from tests.simulation.mutations import bug
from tests.simulation.story import slow_of
from tests.simulation.telling import telling_of


@bug("outbox: a call that failed is forgotten", Outbox, "close", met_at=telling_of(3))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Outbox) -> None:
        try:
            sound(self)
        except Unavailable:
            return

    return mutant


@bug("outbox: what does not fill a call is left", Outbox, "close")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: None


@bug("batch: who is quick waits for those who are not", Batch, "quickly")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Batch, record: Record) -> bool:
        return sound(self, record) or self.in_short_turns(record) or self.in_long_turns(record)

    return mutant


@bug("batch: what is not done in time is handed back as failed", Batch, "in_long_turns", met_at=slow_of(3))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Batch, record: Record) -> bool:
        turns = self.turns[record["messageId"]]
        while turns.goes_on and not self._is_late():
            turns.take()
        if turns.goes_on:
            raise Unavailable("lambda", "fan_out", "no time left")
        return True

    return mutant


@bug("batch: what is not done in time is not sent back", EventsAgain, "send")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, body: None


@bug("routing: a page does not end by the clock", Route, "matches", met_at=slow_of(3))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(
        self: Route, incoming: Incoming, subscriptions: Iterable[Any], *given: Any, **named: Any
    ) -> Any:
        return sound(self, incoming, subscriptions, float("inf"), *given[1:], **named)

    return mutant


@bug("routing: the page on record is not served by who comes again", InTurns, "_newest")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: InTurns, event: StoredEvent) -> Any:
        number, page = sound(self, event)
        return number, replace(page, matches=())

    return mutant


@bug("generations: the newest use is named before it is put", Generations, "_put_behind")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Generations, incoming: Incoming, make: Any, generation: int) -> Any:
        self.events.move_newest(make(generation + 1))
        return sound(self, incoming, make, generation)

    return mutant


@bug("generations: the newest use is not asked whose duplicate it is", generations, "compared")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(incoming: Incoming, earlier: Any) -> Is:
        is_ = sound(incoming, earlier)
        return Is.ANOTHER_USE if earlier.generation and is_ is Is.DUPLICATE else is_

    return mutant


@bug("generations: who came before the newest use is its duplicate", Generations, "_among_earlier")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, incoming, generation: None
