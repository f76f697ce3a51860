"""Deliberate bugs in the real code. Each must be caught, or the simulation proves less than it says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from tests.simulation.loop import Violation
from tests.simulation.outages import outage_of
from tests.simulation.simulation import Simulation
from tests.simulation.story import Story, crowd_of, recurring_of, slow_of, story_of
from tests.simulation.target_queue import targets_of
from tests.simulation.telling import telling_of

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


KINDS = (story_of, crowd_of, recurring_of, slow_of, outage_of, telling_of, targets_of)


def hunt(
    mutation: Mutation, histories: int, kinds: Sequence[Callable[[int], Story]] = KINDS
) -> tuple[int, str] | None:
    """Which history caught it, counted from 1 (0: the one it was met at before), and how; None when none of
    so many of each kind did. The kinds take turns: what only one of them meets is met soon."""
    seeds = range(histories)
    known = [mutation.met_at] if mutation.met_at is not None else []
    stories = (kind(seed) for seed in seeds for kind in kinds)
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


HISTORIES = 3000


def hunted(mutation: Mutation) -> tuple[int, str] | None:
    """As `hunt`, and said on the terminal."""
    caught = hunt(mutation, HISTORIES)
    print(f"\n{row(mutation, caught)}", end=" ")
    return caught
