"""Histories of pauses: nothing goes in one, nothing is lost by one, and no age runs in it."""

from collections import Counter

import pytest

from doorbell.domain.deliveries import State
from doorbell.domain.holders import name_of_source
from doorbell.domain.wakes import START_PER_SECOND
from tests.simulation.gateway import HUB
from tests.simulation.pauses import asked_for_longer, parked_in_pause, pause_of, source_pause_of
from tests.simulation.sends import RELEASED_LATE
from tests.simulation.simulation import Simulation
from tests.simulation.story import Change, Ring, Story, Target

TOGETHER = 2 * START_PER_SECOND
"""They came a second apart and go 50 a second: who goes within the same two may change places."""


@pytest.mark.parametrize("seed", range(60))
def test_a_pause_comes_out_whole(seed: int) -> None:
    assert Simulation(pause_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.long
def test_five_hundred_that_came_in_a_pause_go_oldest_first_at_the_metered_rate() -> None:
    rings = tuple(Ring(20.0 + n, f"e{n}") for n in range(500))
    changes = (Change(0.0, "pause", "s0"), Change(2000.0, "resume", "s0"))
    simulation = Simulation(Story(1, rings, (Target("s0"),), changes, calm_at=2000.0))
    assert simulation.run().states == {State.DELIVERED: 500}
    sends = sorted(simulation.sends.sends, key=lambda send: send.begun)
    ages = [simulation.ledger.deliveries[send.key].created_at for send in sends]
    assert {send.attempt for send in sends} == {1}
    assert max(max(ages[:n]) - ages[n] for n in range(1, 500)) <= TOGETHER
    per_second = Counter(int(send.begun) for send in sends)
    assert max(per_second.values()) <= 1.2 * START_PER_SECOND
    assert sends[0].begun <= simulation.people.changed_at("s0") + 90


def test_a_pause_longer_than_the_age_loses_nothing_and_uses_up_no_attempt() -> None:
    rings = tuple(Ring(20.0 + n, f"e{n}") for n in range(30))
    target = Target("s0", schedule=(0.0,), max_age_hours=1.0)
    changes = (Change(0.0, "pause", "s0"), Change(9 * 3600.0, "resume", "s0"))
    simulation = Simulation(Story(1, rings, (target,), changes, calm_at=9 * 3600.0 + 600))
    history = simulation.run()
    assert history.states == {State.DELIVERED: 30}
    assert {len(delivery.attempts) for delivery in simulation.ledger.deliveries.values()} == {1}
    assert min(send.begun for send in simulation.sends.sends) >= simulation.people.changed_at("s0")


@pytest.mark.parametrize("seed", range(60))
def test_a_pause_of_a_source_comes_out_whole(seed: int) -> None:
    assert Simulation(source_pause_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.parametrize(("well_at", "first"), [(700.0, 1), (1500.0, 0)])
def test_an_endpoint_that_was_parked_is_asked_once_when_its_source_is_resumed(
    well_at: float, first: int
) -> None:
    simulation = Simulation(parked_in_pause(well_at))
    assert simulation.run().states == {State.DELIVERED: 4}
    resumed = simulation.people.changed_at(name_of_source(HUB))
    soon = [send for send in simulation.sends.sends if resumed < send.begun <= resumed + RELEASED_LATE]
    assert len(soon) == (4 if first else 1)


@pytest.mark.parametrize("story", [parked_in_pause(700.0, "busy-for-long"), asked_for_longer()])
def test_an_endpoint_that_asked_for_longer_than_a_pause_lasts_is_not_asked_before(story: Story) -> None:
    simulation = Simulation(story)
    assert simulation.run().states == {State.DELIVERED: 4}
    (first, *others) = simulation.sends.sends
    assert min(send.begun for send in others) >= first.begun + 1200


@pytest.mark.long
def test_what_a_source_rang_for_in_a_pause_goes_oldest_first_with_no_attempt_used_up() -> None:
    rings = tuple(Ring(20.0 + n, f"e{n}") for n in range(200))
    changes = (Change(0.0, "pause-source", HUB), Change(9 * 3600.0, "resume-source", HUB))
    targets = (Target("s0", schedule=(0.0,), max_age_hours=1.0), Target("s1", max_age_hours=1.0))
    simulation = Simulation(Story(1, rings, targets, changes, calm_at=9 * 3600.0 + 600))
    assert simulation.run().states == {State.DELIVERED: 400}
    sends = sorted(simulation.sends.sends, key=lambda send: send.begun)
    ages = [simulation.ledger.deliveries[send.key].created_at for send in sends]
    assert {send.attempt for send in sends} == {1}
    assert max(max(ages[:n]) - ages[n] for n in range(1, 400)) <= TOGETHER
    assert sends[0].begun >= 9 * 3600.0
