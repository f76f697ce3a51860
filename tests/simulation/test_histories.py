"""2,000 random histories; `make simulate-long` runs 200,000, `make simulate SEED=…` tells one."""

import pytest

from doorbell.domain.deliveries import State
from tests.simulation.faults import Fault
from tests.simulation.simulation import Simulation, simulate
from tests.simulation.story import Story, crowd_of, story_of
from tests.simulation.survey import Survey, survey

HISTORIES = 2000
SECONDS_LATE = 3.0
"""SQS delays are whole seconds; preparing a request takes a moment."""


@pytest.fixture(scope="module")
def found() -> Survey:
    return survey(range(HISTORIES))


@pytest.mark.timeout(600)
def test_every_history_comes_out_whole(found: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{found.report()}")
    assert found.histories == HISTORIES
    assert found.broken == {}


@pytest.mark.timeout(600)
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


@pytest.mark.parametrize("seed", range(150))
def test_a_crowd_at_one_endpoint_comes_out_whole(seed: int) -> None:
    assert Simulation(crowd_of(seed)).run().states[State.PENDING] == 0


@pytest.mark.parametrize("seed", range(60))
def test_without_faults_everything_is_sent_once_and_at_its_time(seed: int) -> None:
    """Subscribers still fail; Doorbell and what it stands on do not."""
    story = story_of(seed)
    quiet = Story(seed, story.rings, story.targets, story.changes, calm_at=story.calm_at)
    history = Simulation(quiet).run()
    assert history.hit == {}
    assert history.duplicates == 0
    assert history.latest < SECONDS_LATE
