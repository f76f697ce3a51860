"""Batches of a hundred come out whole, and nobody in one waits for another's subscriber."""

import pytest

from doorbell.domain.deliveries import State
from tests.simulation.large_batches import BATCH, large_of
from tests.simulation.simulation import Simulation


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_large_batches_come_out_whole(seed: int) -> None:
    assert Simulation(large_of(seed)).run().states[State.PENDING] == 0


def test_an_invocation_takes_nearly_a_hundred_and_reads_for_all_of_them_in_few_calls() -> None:
    """In this history."""
    simulation = Simulation(large_of(0))
    history = simulation.run()
    taken = [len(one.workers) for one in simulation.world.invocations if one.name.startswith("dispatcher")]
    assert max(taken) > 0.5 * BATCH
    reads = sum("BatchGetItem" in site for site in history.sites)
    assert reads <= 2 * len(taken)
