"""What `doorbell cost` prices for a sweep that finds nothing is what the sweeper asks as it is deployed."""

from collections.abc import Iterator

import pytest

from doorbell.usecases import watch_itself
from doorbell_cli.ops.bill import DEAD_LETTER_QUEUES, DEPTHS_EVERY, QUESTIONS
from tests.integration.as_deployed import deployment
from tests.integration.deployed_story import Story
from tests.integration.ops.meter import Meter


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """As it is by default, without the routing index. Each sweep asks how many dead letters wait."""
    monkeypatch.setattr(watch_itself, "QUEUES_EVERY_SECONDS", 60)
    monkeypatch.setattr("doorbell.domain.listening.is_time_to_look", lambda now: False)
    with deployment({}) as deployed:
        variables = deployed.variables("sweeper")
        monkeypatch.setitem(variables, "ROUTING_INDEX", "false")
        monkeypatch.setitem(variables, "INBOX_DEAD_LETTER_QUEUE_URL", "")
        yield Story(deployed)


def test_a_sweep_that_finds_nothing_asks_as_often_as_is_priced(story: Story) -> None:
    meter = Meter()
    for service in ("dynamodb", "sqs", "lambda"):
        meter.listen(story.client(service))
    story.tell("sweep", "sweeper", {})
    assert meter.calls == {"dynamodb.Query": QUESTIONS, "sqs.GetQueueAttributes": DEAD_LETTER_QUEUES}
    assert meter.read_units == QUESTIONS / 2
    assert meter.write_units + meter.index_units == 0


def test_the_depths_of_dead_letter_queues_are_asked_as_seldom_as_is_priced() -> None:
    assert DEPTHS_EVERY * 60 == watch_itself.QUEUES_EVERY_SECONDS
