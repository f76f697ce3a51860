"""The simulation is itself under test: a deliberate bug must not get past it.

Each third of the bugs is hunted in a file of its own, as processes share the tests by file."""

import pytest

from tests.simulation.bugs import MUTATIONS
from tests.simulation.mutations import Mutation, hunt, hunted


@pytest.mark.long
@pytest.mark.parametrize("mutation", MUTATIONS[::3], ids=lambda mutation: mutation.says)
def test_a_deliberate_bug_is_caught(mutation: Mutation, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        assert hunted(mutation) is not None


@pytest.mark.long
def test_a_mutation_is_gone_when_its_hunt_is_over() -> None:
    (due_at,) = [mutation for mutation in MUTATIONS if "due_at is forgotten" in mutation.says]
    assert hunt(due_at, 5) is not None
    assert hunt(Mutation("none", due_at.owner, due_at.name, lambda sound: sound), 5) is None
