"""Bugs of listeners: an event is let go too early, rung twice, given up; a queue is removed too early."""

from collections.abc import Callable
from typing import Any

from doorbell_cli.listening import loop, place
from doorbell_cli.listening.inbox import Inbox
from doorbell_cli.listening.loop import Loop
from doorbell_cli.listening.memory import Memory
from tests.simulation.mutations import Mutation, Wrap

LISTEN: list[Mutation] = []


def bug(says: str, owner: Any, name: str) -> Callable[[Wrap], Wrap]:
    def register(wrap: Wrap) -> Wrap:
        LISTEN.append(Mutation(says, owner, name, wrap))
        return wrap

    return register


@bug("a message is deleted when it is received", Inbox, "take")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Inbox, *given: Any) -> Any:
        found = sound(self, *given)
        for message in found:
            self.done(message)
        return found

    return mutant


@bug("what was answered is not remembered", Memory, "is_answered")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, message_id: False


@bug("an answer is on disk after its message is deleted", Loop, "_handle")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Loop, message: Any) -> None:
        self.inbox.done(message)
        sound(self, message)

    return mutant


@bug("a listener gives one sign of life", Loop, "_beat")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: None


@bug("an hour without a sign of life is the end", place, "AWAY_SECONDS")
def _(sound: Any) -> Any:
    return 3600


@bug("what an application that is down does not take is given up", loop, "IS_DOWN")
def _(sound: Any) -> Any:
    return ()


@bug("a name that comes back forgets what it answered", Memory, "_cut_short")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Memory) -> Any:
        sound(self)
        return []

    return mutant
