"""What the guard's tests start from: an AWS and a subscriber that answer at once."""

from collections.abc import Iterator

import pytest

from tests.bench.dispatcher_answers import URL_VARIABLE
from tests.bench.stub_aws import stub_aws


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """Its URL. What is delivered goes to the other stub."""
    answers = "tests.guard.answers"
    with stub_aws(answers) as subscriber, stub_aws(answers, **{URL_VARIABLE: f"{subscriber}/hook"}) as url:
        yield url
