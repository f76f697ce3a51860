"""A history in which messages bring forth messages is told, and holds up no other."""

import pytest

from tests.simulation.loop import FLOOD, Loop, Violation
from tests.simulation.story import story_of


def to_its_end(loop: Loop) -> None:
    while loop.step():
        pass


def test_a_flood_of_messages_breaks_its_history_instead_of_going_on_without_end() -> None:
    loop = Loop(story_of(0))

    def twice() -> None:
        loop.at(loop.now + 1, twice)
        loop.at(loop.now + 1, twice)

    loop.at(loop.now, twice)
    with pytest.raises(Violation, match=f"seed 0: a flood: {FLOOD:,} steps"):
        to_its_end(loop)
    assert loop.timeline[-1][1] == "VIOLATION"
