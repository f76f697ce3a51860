"""Previews, in histories full of trouble; deliberate bugs are caught in them."""

import pytest

from doorbell.domain.jobs import JobState
from doorbell.domain.previews import PreviewJob
from tests.simulation.bugs_previews import PREVIEWS
from tests.simulation.loop import Violation
from tests.simulation.mutations import Mutation
from tests.simulation.previews_world import PreviewsWorld

HISTORIES = 60
HUNTED = 200


def caught(mutation: Mutation, histories: int = HUNTED) -> tuple[int, str] | None:
    """By which history, and how."""
    with mutation.applied():
        for seed in range(histories):
            try:
                PreviewsWorld(seed).run()
            except Violation as violation:
                return seed, str(violation)
    return None


def test_every_preview_looks_at_each_event_once_whatever_happens_to_its_workers() -> None:
    looked, replayed = 0, 0
    for seed in range(HISTORIES):
        world = PreviewsWorld(seed)
        world.run()
        works = [job.work for job in world.jobs.values() if job.state is JobState.DONE]
        looked += sum(work.looked for work in works if isinstance(work, PreviewJob))
        replayed += sum(world.made.values())
    assert looked > HISTORIES * 15
    assert replayed > HISTORIES


@pytest.mark.parametrize("mutation", PREVIEWS, ids=[mutation.says for mutation in PREVIEWS])
def test_a_deliberate_bug_is_caught(mutation: Mutation) -> None:
    assert caught(mutation) is not None


def test_a_deliberate_bug_is_gone_when_its_hunt_is_over() -> None:
    assert caught(Mutation("none", PREVIEWS[0].owner, PREVIEWS[0].name, lambda sound: sound), 6) is None
