"""Who finds no place in flight is given its turn, and then there is one: few messages for each delivery.

Lambda would stop a chain of some sixteen calls, and each costs four writes.
"""

from statistics import mean

import pytest

from doorbell.domain.deliveries import State
from tests.simulation.outside import SLOW_SECONDS
from tests.simulation.simulation import History, Simulation
from tests.simulation.story import Ring, Story, Target, line_of

EVENTS, LIMIT = 200, 5
IDEAL_SECONDS = EVENTS / LIMIT * SLOW_SECONDS


def line(seed: int, behaviour: str, per_second: float = 100.0) -> History:
    return Simulation(line_of(seed, behaviour, per_second=per_second, limit=LIMIT)).run()


def holds(history: History) -> list[int]:
    return [calls - 1 for calls in history.calls.values()]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_at_an_endpoint_that_takes_ten_seconds_are_held_a_few_times_each(seed: int) -> None:
    history = line(seed, "slow")
    assert history.states == {State.DELIVERED: EVENTS}
    assert max(holds(history)) <= 5
    assert mean(holds(history)) <= 2.5
    assert history.ended_at <= 1.25 * IDEAL_SECONDS


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_where_answers_take_now_five_and_now_fifteen_seconds_few_turns_find_no_place(seed: int) -> None:
    history = line(seed, "uneven")
    assert history.states == {State.DELIVERED: EVENTS}
    assert max(holds(history)) <= 6
    assert mean(holds(history)) <= 2.5


def test_who_comes_later_does_not_take_the_place_of_those_in_line() -> None:
    """A fifth more than the endpoint can take, all along."""
    history = line(1, "slow", per_second=1.2 * LIMIT / SLOW_SECONDS)
    assert max(holds(history)) <= 4
    assert mean(holds(history)) <= 1.5


def test_a_fast_endpoint_is_not_kept_waiting_by_its_line() -> None:
    history = line(1, "ok")
    assert mean(holds(history)) <= 2
    assert history.ended_at < 60


def test_without_a_limit_nobody_is_held_and_nothing_is_written_of_places() -> None:
    rings = tuple(Ring(n / 100, f"e{n}") for n in range(EVENTS))
    history = Simulation(Story(1, rings, (Target("s0", behaviour=((0.0, "slow"),)),), calm_at=10.0)).run()
    assert holds(history) == [0] * EVENTS
    assert not [site for site in history.sites if "UpdateItem endpoints" in site]
