"""Purges, in histories full of trouble; deliberate bugs are caught in them."""

import pytest

from doorbell.domain.jobs import JobState
from doorbell.domain.purges import PurgeJob
from tests.simulation.bugs_purges import PURGES
from tests.simulation.loop import Violation
from tests.simulation.mutations import Mutation
from tests.simulation.purges_world import PurgesWorld

HISTORIES = 40
HUNTED = 120
MET_AT = {
    "an event goes before what stands under it": 1,
    "a subscription goes before the state of its endpoint": 5,
    "a manifest goes before what it tells of": 17,
}
"""The first history that caught it: it is looked at first."""


def caught(mutation: Mutation, histories: int = HUNTED) -> tuple[int, str] | None:
    """By which history, and how."""
    with mutation.applied():
        for seed in (MET_AT.get(mutation.says, 0), *range(histories)):
            try:
                PurgesWorld(seed).run()
            except Violation as violation:
                return seed, str(violation)
    return None


def test_a_purge_leaves_nothing_or_what_the_next_one_finds_and_nothing_of_another_is_touched() -> None:
    states, removed, struck = set[str](), 0, 0
    for seed in range(HISTORIES):
        world = PurgesWorld(seed)
        world.run()
        for job in world.jobs.values():
            states.add(job.state.value)
            assert isinstance(job.work, PurgeJob)
            removed += sum(job.work.found.values()) if job.work.removes else 0
            struck += job.work.removes and job.state is JobState.CANCELLED
    assert states == {"done", "cancelled"}
    assert removed > HISTORIES * 10
    assert struck > 0


@pytest.mark.parametrize("mutation", PURGES, ids=[mutation.says for mutation in PURGES])
def test_a_deliberate_bug_is_caught(mutation: Mutation) -> None:
    assert caught(mutation) is not None


def test_a_deliberate_bug_is_gone_when_its_hunt_is_over() -> None:
    assert caught(Mutation("none", PURGES[0].owner, PURGES[0].name, lambda sound: sound), 6) is None
