"""The routing index against everybody, in histories full of trouble; deliberate bugs are caught in them."""

import pytest

from tests.simulation.bugs_routes import ROUTES
from tests.simulation.loop import Violation
from tests.simulation.mutations import Mutation
from tests.simulation.routing_world import RoutingWorld

HISTORIES = 15
HUNTED = 200
MET_AT = {"what cannot be filed now is passed over": 46}
"""A history that few are like and that caught it before: it is looked at first."""


def caught(mutation: Mutation, histories: int = HUNTED) -> tuple[int, str] | None:
    """By which history, and how."""
    with mutation.applied():
        for seed in (MET_AT.get(mutation.says, 0), *range(histories)):
            try:
                RoutingWorld(seed).run()
            except Violation as violation:
                return seed, str(violation)
    return None


@pytest.mark.long
def test_an_event_finds_whoever_wants_it_and_nobody_else_whatever_happens_to_the_index() -> None:
    asked = 0
    for seed in range(HISTORIES):
        world = RoutingWorld(seed)
        world.run()
        asked += world.seen
    assert asked > HISTORIES * 45


@pytest.mark.long
@pytest.mark.parametrize("mutation", ROUTES, ids=[mutation.says for mutation in ROUTES])
def test_a_deliberate_bug_is_caught(mutation: Mutation) -> None:
    assert caught(mutation) is not None


@pytest.mark.long
def test_a_deliberate_bug_is_gone_when_its_hunt_is_over() -> None:
    assert caught(Mutation("none", ROUTES[0].owner, ROUTES[0].name, lambda sound: sound), 3) is None
