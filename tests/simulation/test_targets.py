"""Histories with targets come out whole, and what is wrong with the way there is found."""

import pytest

from doorbell.domain.deliveries import State
from tests.simulation.bugs import MUTATIONS
from tests.simulation.mutations import Mutation, hunt
from tests.simulation.simulation import Simulation
from tests.simulation.target_queue import KINDS, SYNC, targets_of

HISTORIES = 400
BUGS = [one for one in MUTATIONS if one.says.startswith("targets: ")]


@pytest.mark.parametrize("seed", range(120))
def test_a_history_with_targets_comes_out_whole(seed: int) -> None:
    assert Simulation(targets_of(seed)).run().states[State.PENDING] == 0


def test_every_kind_of_target_gets_something() -> None:
    met = {one.kind for seed in range(40) for one in targets_of(seed).targets}
    assert met == {*KINDS, SYNC}


def test_a_message_that_came_and_whose_answer_was_lost_is_sent_again() -> None:
    """Which is what the dedupe ids are for."""
    assert sum(Simulation(targets_of(seed)).run().duplicates for seed in range(60)) > 0


def test_what_is_too_large_goes_as_a_pointer_and_what_a_dead_worker_wrote_is_found_again() -> None:
    stories = [Simulation(targets_of(seed)) for seed in range(60)]
    for story in stories:
        story.run()
    assert sum(len(story.kept.pointed_at) for story in stories) > 10
    assert sum(story.kept.found_again for story in stories) > 0


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.says)
def test_a_bug_on_the_way_to_a_target_is_caught(bug: Mutation) -> None:
    assert hunt(bug, HISTORIES, (targets_of,)) is not None
