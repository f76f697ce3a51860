"""Tests as jobs, in histories full of trouble; deliberate bugs are caught in them."""

import pytest

from tests.simulation.bugs_trials import TRIALS
from tests.simulation.loop import Violation
from tests.simulation.mutations import Mutation
from tests.simulation.trials_world import TrialsWorld

HISTORIES = 60
HUNTED = 400
MET_AT = {"what a dispatcher has is taken from it": 66}
"""A history that few are like and that caught it before: it is looked at first."""


def caught(mutation: Mutation, histories: int = HUNTED) -> tuple[int, str] | None:
    """By which history, and how."""
    with mutation.applied():
        for seed in (MET_AT.get(mutation.says, 0), *range(histories)):
            try:
                TrialsWorld(seed).run()
            except Violation as violation:
                return seed, str(violation)
    return None


def test_every_test_is_one_event_and_says_what_became_of_it_whatever_happens_to_its_workers() -> None:
    seen, states, events = set[str](), set[str](), 0
    for seed in range(HISTORIES):
        world = TrialsWorld(seed)
        world.run()
        seen |= set(world.seen)
        states |= {one.job.state.value for one in world.trials_asked()}
        events += len(world.events)
    assert seen == {"delivered", "failed", "not_yet"}
    assert states == {"done", "cancelled"}
    assert events > HISTORIES * 2


@pytest.mark.parametrize("mutation", TRIALS, ids=[mutation.says for mutation in TRIALS])
def test_a_deliberate_bug_is_caught(mutation: Mutation) -> None:
    assert caught(mutation) is not None


def test_a_deliberate_bug_is_gone_when_its_hunt_is_over() -> None:
    assert caught(Mutation("none", TRIALS[0].owner, TRIALS[0].name, lambda sound: sound), 6) is None
