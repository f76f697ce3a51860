"""Listeners, in histories full of trouble; deliberate bugs are caught in them."""

from itertools import count
from pathlib import Path

import pytest

from tests.simulation.bugs_listen import LISTEN
from tests.simulation.listen_world import ListenWorld
from tests.simulation.loop import Violation
from tests.simulation.mutations import Mutation

HISTORIES = 60
HUNTED = 400


def test_what_comes_is_rung_and_nothing_of_a_listener_is_left(tmp_path: Path) -> None:
    answered = went = excused = 0
    for seed in range(HISTORIES):
        world = ListenWorld(seed, tmp_path / str(seed))
        world.run()
        answered += sum(world.desk.answered.values())
        went += len(world.went)
        excused += sum(world.desk.excused.values())
    assert answered > 5 * HISTORIES
    assert went > 0, "listeners that are away for longer than a day"
    assert excused > 0, "listeners that die between an answer and its line"


def caught(mutation: Mutation, folder: Path) -> bool:
    folders = count()
    with mutation.applied():
        for seed in range(HUNTED):
            try:
                ListenWorld(seed, folder / str(next(folders))).run()
            except Violation:
                return True
    return False


@pytest.mark.parametrize("mutation", LISTEN, ids=[mutation.says for mutation in LISTEN])
def test_a_deliberate_bug_is_caught(mutation: Mutation, tmp_path: Path) -> None:
    assert caught(mutation, tmp_path)
