"""Histories in which deliveries go in one call come out whole: each has its own outcome."""

import pytest

from doorbell.domain.deliveries import State
from tests.simulation.bugs import MUTATIONS
from tests.simulation.mutations import Mutation, hunt
from tests.simulation.shared_calls import shared_of
from tests.simulation.simulation import Simulation

HISTORIES = 200
BUGS = [one for one in MUTATIONS if one.says.startswith("shared: ")]


@pytest.mark.parametrize("seed", range(40))
def test_a_history_with_shared_calls_comes_out_whole(seed: int) -> None:
    assert Simulation(shared_of(seed)).run().states[State.PENDING] == 0


def test_deliveries_of_an_invocation_go_in_one_call() -> None:
    sites = [site for seed in range(10) for site in Simulation(shared_of(seed)).run().sites]
    assert sum("in one call" in site for site in sites) > 10


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.says)
def test_a_bug_of_shared_calls_is_caught(bug: Mutation) -> None:
    assert hunt(bug, HISTORIES, (shared_of,)) is not None
