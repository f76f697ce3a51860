"""Jobs, in histories full of trouble; deliberate bugs are caught in them."""

import pytest

from tests.simulation.bugs_jobs import JOBS
from tests.simulation.jobs_world import JobsWorld
from tests.simulation.loop import Violation
from tests.simulation.mutations import Mutation

HISTORIES = 90
HUNTED = 400
MET_AT = {"who was cancelled goes on": 1}
"""A history that few are like and that caught it before: it is looked at first."""


def caught(mutation: Mutation, histories: int = HUNTED) -> tuple[int, str] | None:
    """By which history, and how."""
    with mutation.applied():
        for seed in (MET_AT.get(mutation.says, 0), *range(histories)):
            try:
                JobsWorld(seed).run()
            except Violation as violation:
                return seed, str(violation)
    return None


def test_every_job_is_done_once_or_cancelled_whatever_happens_to_its_workers() -> None:
    states, made = set[str](), 0
    for seed in range(HISTORIES):
        world = JobsWorld(seed)
        world.run()
        states |= {job.state.value for job in world.jobs.values()}
        made += sum(world.made.values())
    assert states == {"done", "cancelled"}
    assert made > HISTORIES * 5


@pytest.mark.parametrize("mutation", JOBS, ids=[mutation.says for mutation in JOBS])
def test_a_deliberate_bug_is_caught(mutation: Mutation) -> None:
    assert caught(mutation) is not None


def test_a_deliberate_bug_is_gone_when_its_hunt_is_over() -> None:
    assert caught(Mutation("none", JOBS[0].owner, JOBS[0].name, lambda sound: sound), 6) is None
