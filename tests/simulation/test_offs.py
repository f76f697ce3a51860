"""Histories in which a subscription is switched off: what waits for it ends soon, and nothing is lost."""

from collections import Counter

import pytest

from doorbell.domain.deliveries import State
from tests.simulation.offs import off_of
from tests.simulation.simulation import Simulation


@pytest.mark.parametrize("seed", range(40))
def test_a_history_of_switching_off_comes_out_whole(seed: int) -> None:
    assert Simulation(off_of(seed)).run().states[State.PENDING] == 0


def test_these_histories_switch_off_what_waits_alone_and_what_waits_on_a_list() -> None:
    ends = Counter[State]()
    for seed in (2, 4, 8, 16):
        ends += Simulation(off_of(seed)).run().states
    assert ends[State.CANCELLED] > 10
