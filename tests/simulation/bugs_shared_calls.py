"""Bugs of deliveries that go in one call, and of what its answer says of each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain import company
from doorbell.targets import batch_calls, together
from doorbell.targets.answers import Answer
from doorbell.targets.together import SharedSender
from tests.simulation.mutations import bug
from tests.simulation.shared_calls import shared_of


@bug("shared: two entries of a call have each other's outcomes", SharedSender, "_carried", shared_of(1))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, batch, many: list(sound(self, batch, many))[::-1]


@bug("shared: all have the outcome of the first", company._Group, "answer", shared_of(1))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, place: sound(self, 0)


@bug("shared: an entry that failed is taken for sent", together, "_answer", shared_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda going, entry, about: sound(going, entry and replace(entry, code=None, status=200), about)


@bug("shared: a call without an answer is a success for all", SharedSender, "_carried", shared_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Any, batch: Any, many: Any) -> Any:
        found = sound(self, batch, many)
        return [Answer(200).outcome(many[0].service, 1) if one and one.error else one for one in found]

    return mutant


@bug(
    "shared: after a call without an answer each is sent again at once",
    SharedSender,
    "_carried",
    shared_of(0),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Any, batch: Any, many: Any) -> Any:
        return [None if one and one.error else one for one in sound(self, batch, many)]

    return mutant


@bug(
    "shared: who is refused for another's entry is not sent by itself",
    together,
    "_may_be_one_entry_s",
    shared_of(10),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: False


@bug("shared: the entries of a call bear one dedupe id", batch_calls, "_numbered", shared_of(0))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    name = "MessageDeduplicationId"

    def mutant(many: Any, shared: str) -> Any:
        return sound([one | {name: many[0][name]} if name in one else one for one in many], shared)

    return mutant
