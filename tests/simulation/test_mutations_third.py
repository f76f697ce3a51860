"""The third third of the deliberate bugs: see `test_mutations.py`."""

import pytest

from tests.simulation.bugs import MUTATIONS
from tests.simulation.mutations import Mutation, hunted


@pytest.mark.long
@pytest.mark.parametrize("mutation", MUTATIONS[2::3], ids=lambda mutation: mutation.says)
def test_a_deliberate_bug_is_caught(mutation: Mutation, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        assert hunted(mutation) is not None
