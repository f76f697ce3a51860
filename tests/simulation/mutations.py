"""Deliberate bugs in the real code. Each must be caught, or the simulation proves less than it says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from tests.simulation.loop import Violation
from tests.simulation.simulation import Simulation
from tests.simulation.story import Story, crowd_of, story_of

type Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Mutation:
    """`wrap` makes the bug of the sound function `owner.name`. `met_at`: a history that few are like and that
    caught it before; it is looked at first, and all others where it does not any more."""

    says: str
    owner: Any
    name: str
    wrap: Wrap
    met_at: Story | None = None

    @contextmanager
    def applied(self) -> Iterator[None]:
        sound = self.owner.__dict__[self.name]
        setattr(self.owner, self.name, self.wrap(sound))
        try:
            yield
        finally:
            setattr(self.owner, self.name, sound)


MUTATIONS: list[Mutation] = []


def bug(says: str, owner: Any, name: str, met_at: Story | None = None) -> Callable[[Wrap], Wrap]:
    def register(wrap: Wrap) -> Wrap:
        MUTATIONS.append(Mutation(says, owner, name, wrap, met_at))
        return wrap

    return register


def hunt(mutation: Mutation, histories: int) -> tuple[int, str] | None:
    """Which history caught it, counted from 1 (0: the one it was met at before), and how; None when none of
    so many did, nor of so many crowds."""
    seeds = range(histories)
    known = [mutation.met_at] if mutation.met_at is not None else []
    stories = chain(map(story_of, seeds), map(crowd_of, seeds))
    with mutation.applied():
        for number, story in chain(((0, story) for story in known), enumerate(stories, 1)):
            try:
                Simulation(story).run()
            except Violation as violation:
                return number, str(violation)
    return None


def row(mutation: Mutation, caught: tuple[int, str] | None) -> str:
    after, how = caught or (0, "NOT CAUGHT")
    return f"{mutation.says:<70} {after:>5}  {how[:110]}"
