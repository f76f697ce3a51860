"""Bugs of filing, and of pages that go on over several reads: somebody who wanted an event is not found."""

from collections.abc import Callable
from typing import Any

from doorbell.domain import filing
from doorbell.domain.filing import Filing, Key, Question
from doorbell.domain.routing import RoutingPage
from doorbell.domain.subscriptions import Interest
from tests.simulation.mutations import bug


@bug("filing: a glob is filed under all of its text, where no event asks", filing, "keys_of")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(wants: Interest) -> list[filing.Key]:
        globs = [glob for glob in wants.event_types if glob.endswith("*")]
        return [("prefix", glob.rstrip("*")) for glob in globs] or sound(wants)

    return mutant


@bug("filing: an event does not ask under its own type", Question, "keys")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: [key for key in sound(self) or () if key[0] != "type"]


@bug("filing: an event does not ask for those who name nothing", Question, "keys")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: [key for key in sound(self) or () if key[0] != "all"]


@bug("filing: who has a filter is not filed", Filing, "file")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Filing, number: int, wants: Interest) -> None:
        if wants.filter is None:
            sound(self, number, wants)

    return mutant


@bug("filing: of those filed under one key the last alone is found", Filing, "found")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Filing, question: Question) -> set[int]:
        shelves: dict[Key, Any] = self._shelves
        of_each = [shelves[key] for key in question.keys() or list(shelves) if key in shelves]
        return {max(found) for shelf in of_each if (found := list(shelf.found(question)))}

    return mutant


@bug("routing: a page that goes on over another read forgets whom it has", RoutingPage, "followed_by")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, page: page
