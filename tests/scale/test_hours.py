"""An hour of trouble and the one after: nothing is lost, and it drains as far as the keys let it."""

from __future__ import annotations

import pytest

from doorbell.domain.wakes import MOST_PER_SECOND
from tests.scale.hours import HOUR, Hours, Trouble
from tests.scale.limits import IN_FLIGHT, POLLERS_PER_SECOND
from tests.scale.queues import AWAY_SECONDS, RECEIVES, Pollers, Queue
from tests.scale.table import hours_told
from tests.support.docs import page
from tests.support.template import properties

RATES = (1_000, 10_000, 50_000)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("trouble", Trouble)
def test_what_came_in_is_delivered_waits_or_is_a_dead_letter(trouble: Trouble, rate: int) -> None:
    for moment in Hours(rate, trouble).run():
        assert moment.arrived > 0
        assert moment.balance == pytest.approx(0, abs=1e-6 * moment.arrived)


def test_the_table_of_docs_limits_is_the_models() -> None:
    """`make scale` prints it."""
    assert hours_told() in page("docs/limits.md")


def test_the_queues_of_the_model_are_the_templates() -> None:
    for name in ("EventsQueue", "DeliveriesQueue"):
        queue = properties(name, "AWS::SQS::Queue")
        assert queue["RedrivePolicy"]["maxReceiveCount"] == RECEIVES
        assert queue["VisibilityTimeout"] in (AWAY_SECONDS, AWAY_SECONDS + 1)


def test_while_the_tables_are_away_events_wait_in_the_queue_and_all_are_delivered_after() -> None:
    during, after = Hours(1_000, Trouble.TABLES).run()
    assert during.ended == 0
    assert during.in_queues + during.dead_letters == pytest.approx(1_000 * HOUR)
    assert after.in_queues < 0.01 * during.in_queues


def test_the_more_that_failed_the_fewer_are_received_so_dead_letters_are_bounded() -> None:
    """What failed is in flight for six minutes: no more than 120,000 are tried in that time."""
    during, _ = Hours(10_000, Trouble.TABLES).run()
    assert 0 < during.dead_letters <= IN_FLIGHT.value * HOUR / (RECEIVES * AWAY_SECONDS)


def test_while_no_subscriber_answers_everything_is_filed_and_the_queues_stay_empty() -> None:
    during, after = Hours(10_000, Trouble.SUBSCRIBERS).run()
    assert during.waiting.total() == pytest.approx(10_000 * HOUR, rel=0.01)
    assert during.in_queues < 10_000 * 60
    assert after.waiting["others"] < 1


def test_the_busy_endpoints_list_goes_out_at_the_pace_of_its_wake_while_new_ones_are_delivered() -> None:
    during, after = Hours(10_000, Trouble.SUBSCRIBERS).run()
    gone = during.waiting["hot"] - after.waiting["hot"]
    assert gone == pytest.approx(MOST_PER_SECOND * HOUR, rel=0.05)
    assert after.ended >= 10_000 * HOUR * 0.99


def test_pollers_grow_by_three_hundred_a_minute_while_messages_are_left() -> None:
    pollers = Pollers(seconds=0.1)
    for _ in range(60):
        pollers.adapt(used=0, left=1)
    assert pollers.count == 5 + 60 * POLLERS_PER_SECOND.value == 305


def test_a_message_that_fails_five_times_is_a_dead_letter() -> None:
    queue, now = Queue(), 0
    queue.put("hot", 1.0)
    for _ in range(RECEIVES):
        assert queue.dead["hot"] == 0
        queue.failed(queue.take(10, now), now)
        assert queue.take(10, now + AWAY_SECONDS - 1) == {}
        now += AWAY_SECONDS
    assert queue.dead["hot"] == 1.0
    assert queue.total() == 0
