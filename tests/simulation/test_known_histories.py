"""Each deliberate bug that names the history it is met at is met there still.

One that is not costs a hunt through thousands of others, minutes, and nobody is told. Where this fails, take
another history: `python -m tests.simulation --mutations` says which one meets it.
"""

import pytest

from tests.simulation.bugs import MUTATIONS
from tests.simulation.mutations import Mutation, hunt

KNOWN = [one for one in MUTATIONS if one.met_at is not None]


@pytest.mark.parametrize("mutation", KNOWN, ids=lambda mutation: mutation.says)
def test_a_bug_is_met_at_the_history_that_it_names(mutation: Mutation) -> None:
    assert hunt(mutation, 0) is not None
