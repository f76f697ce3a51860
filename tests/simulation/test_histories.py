"""2,000 random histories; `make simulate-long` runs 200,000, `make simulate SEED=…` tells one."""

import pytest

from doorbell.domain.deliveries import State
from doorbell.domain.own_events import PARKED, RECOVERED
from doorbell.usecases.holds import SLOT_LOOK_SECONDS
from tests.simulation.faults import Fault
from tests.simulation.outages import outage_of
from tests.simulation.sends import SECONDS_LATE
from tests.simulation.simulation import Simulation, simulate
from tests.simulation.story import Story, crowd_of, recurring_of, slow_of, story_of
from tests.simulation.story_rates import rates_of
from tests.simulation.survey import Survey, survey
from tests.simulation.telling import left_parked, relapse_of, telling_of

HISTORIES = 2000


@pytest.fixture(scope="module")
def found() -> Survey:
    return survey(range(HISTORIES))


@pytest.mark.long
def test_every_history_comes_out_whole(found: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{found.report()}")
    assert found.histories == HISTORIES
    assert found.broken == {}


@pytest.mark.long
def test_the_histories_meet_every_fault_and_every_end(found: Survey) -> None:
    """A simulation that no longer fails anything would prove nothing."""
    assert set(found.faults) == {fault.value for fault in Fault}
    assert min(found.faults.values()) > 100
    assert {"delivered", "exhausted", "cancelled"} <= set(found.ends)
    assert min(found.ends.values()) > 20
    assert found.duplicates > 50
    assert len(found.shapes) > 3000


def test_one_seed_is_one_history() -> None:
    one, other = simulate(7), simulate(7)
    assert one.timeline == other.timeline
    assert one.timeline != simulate(8).timeline


@pytest.mark.parametrize("seed", [6301, 7657, 8778])
def test_a_page_goes_on_behind_a_subscription_that_was_deleted_since(seed: int) -> None:
    assert simulate(seed).states[State.PENDING] == 0


@pytest.mark.parametrize("seed", range(150))
def test_a_crowd_at_one_endpoint_comes_out_whole(seed: int) -> None:
    assert Simulation(crowd_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.parametrize("seed", range(60))
def test_a_key_that_is_used_again_and_again_comes_out_whole(seed: int) -> None:
    assert Simulation(recurring_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.parametrize("seed", range(30))
def test_what_waits_for_a_rate_limit_goes_at_the_new_one_when_people_change_it(seed: int) -> None:
    story = rates_of(seed)
    history = Simulation(story).run()
    (change, *_) = story.changes
    last = story.changes[-1]
    assert history.states == {State.DELIVERED: len(story.rings)}
    slowest = min(change.rate or 0, last.rate or 0)
    assert history.ended_at <= last.at + SLOT_LOOK_SECONDS + 120 + len(story.rings) / slowest


@pytest.mark.long
@pytest.mark.parametrize("seed", range(150))
def test_an_outage_with_those_who_wait_comes_out_whole(seed: int) -> None:
    assert Simulation(outage_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.parametrize("seed", range(30))
def test_people_are_told_of_a_trouble_and_of_its_end(seed: int) -> None:
    assert Simulation(telling_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.parametrize("seed", range(30, 42))
def test_whose_trouble_comes_back_between_two_looks_of_sweepers_that_die_is_told_of_its_end(
    seed: int,
) -> None:
    assert Simulation(relapse_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.parametrize("what", ["move", "disable", "delete"])
def test_people_are_told_of_the_end_of_what_nobody_asks_any_more(what: str) -> None:
    simulation = Simulation(left_parked(what))
    simulation.run()
    told = simulation.ledger.notices.rung["doorbell/health/default/s0"]
    assert [kind for _, kind in sorted(told)] == [PARKED, RECOVERED]


@pytest.mark.parametrize("seed", range(60))
def test_costly_filters_keep_no_message_of_their_batch_waiting_and_get_on(seed: int) -> None:
    history = Simulation(slow_of(seed)).run()
    assert history.states[State.PENDING] == 0
    assert history.latest < SECONDS_LATE


@pytest.mark.parametrize("seed", range(60))
def test_without_faults_everything_is_sent_once_and_at_its_time(seed: int) -> None:
    """Subscribers still fail; Doorbell and what it stands on do not."""
    story = story_of(seed)
    quiet = Story(seed, story.rings, story.targets, story.changes, calm_at=story.calm_at)
    history = Simulation(quiet).run()
    assert history.hit == {}
    assert history.duplicates == 0
    assert history.latest < SECONDS_LATE
