"""Sweep, replay, inspect: the clock and the repair, a new generation, the whole story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.errors import Refusal, Unavailable
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage
from tests.support import fakes
from tests.support.builders import TENANT, a_delivery, a_stored_event, a_subscription
from tests.support.fakes import START, Crash, answered
from tests.unit.usecases.world import GRACE, World, answering


def due(w: World, at: float, number: int = 1) -> Delivery:
    key = DeliveryKey(f"evt_{number}", "sub_1")
    w.deliveries.items[key] = a_delivery(key=key, next_attempt_at=at, due_at=at)
    return w.deliveries.items[key]


@pytest.mark.parametrize(
    ("until_due", "delay"), [(-5000, 0), (-0.5, 0), (0, 0), (0.5, 1), (30, 30), (59.5, 60), (60, 60)]
)
def test_what_is_due_within_a_tick_gets_its_message_now_with_the_delay_it_still_has(
    until_due: float, delay: int
) -> None:
    w = World()
    delivery = due(w, START + until_due)
    assert w.sweep() == 1
    ((message, given),) = w.queue.sent
    assert (message.key, message.tenant_id, message.attempt, given) == (delivery.key, TENANT, 1, delay)
    moved = w.deliveries.items[delivery.key]
    assert moved.due_at == max(START, START + until_due) + GRACE
    assert moved.next_attempt_at == delivery.next_attempt_at, "the plan itself does not move"


def test_what_is_due_later_is_left_alone() -> None:
    w = World()
    due(w, START + 60.5)
    assert w.sweep() == 0
    assert w.queue.sent == []


def test_a_swept_delivery_is_not_swept_again_the_next_minute() -> None:
    w = World()
    due(w, START)
    assert [w.sweep(), w.sweep()] == [1, 0]


def test_what_has_ended_is_never_due() -> None:
    w = World()
    key = due(w, START).key
    w.deliveries.items[key] = a_delivery(state=State.DELIVERED, due_at=None)
    assert w.sweep() == 0


def test_the_message_names_the_attempt_that_comes_next() -> None:
    w = answering(answered(500))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    w.queue.sent.clear()
    w.clock.advance(5 + GRACE)
    w.sweep()
    assert w.queue.sent[0][0] == replace(message, attempt=2)


def test_guarantee_2_a_lost_first_message_is_made_good_by_the_sweeper() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.clock.advance(GRACE)
    w.sweep()
    w.deliver(w.take_message()[0])
    assert w.delivery(message).state is State.DELIVERED


def test_guarantee_2_a_sweep_that_ends_between_the_send_and_the_postponement_sends_twice_not_never() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.clock.advance(GRACE)
    w.faults.before["postpone"] = [Crash()]
    with pytest.raises(Crash):
        w.sweep()
    w.sweep()
    assert [m for m, _ in w.queue.sent] == [message, message]
    for again, _ in list(w.queue.sent):
        w.deliver(again)
    assert len(w.sender.sent) == 1, "guarantee 3: the claim makes the needless one harmless"


def test_guarantee_2_a_sweep_whose_messages_were_not_taken_leaves_them_due() -> None:
    w = World()
    due(w, START)
    w.faults.before["send"] = [fakes.unavailable("sqs")]
    with pytest.raises(Unavailable):
        w.sweep()
    assert w.sweep() == 1
    assert len(w.queue.sent) == 1


def test_a_delivery_that_moved_on_while_it_was_swept_keeps_its_new_time() -> None:
    w = World()
    delivery = due(w, START)
    moved = replace(delivery, due_at=START + 7200)

    class Slow(fakes.FakeDeliveriesQueue):
        def send(self, messages: object) -> None:
            w.deliveries.items[delivery.key] = moved

    w.queue = Slow()
    w.sweep()
    assert w.deliveries.items[delivery.key] == moved


def test_a_sweep_that_runs_out_of_time_stops_loudly_and_the_next_takes_up_the_rest() -> None:
    w = World()
    for number in range(1, 251):
        due(w, START - number, number)
    w.clock.now = START
    first = w.sweep(stop_at=START - 1)
    assert 0 < first < 250
    assert w.log.messages("error") == ["sweep_unfinished"]
    assert first + w.sweep() == 250
    assert len({m.key for m, _ in w.queue.sent}) == 250


def test_every_minute_another_shard_comes_first() -> None:
    firsts = []
    for minute in range(4):
        w = World(clock=fakes.FakeClock(START + 60 * minute))
        for number in range(1, 41):
            due(w, START - 1, number)
        w.sweep()
        firsts.append(w.queue.sent[0][0].key.due_shard(4))
    assert sorted(firsts) == ["00", "01", "02", "03"]


def test_the_oldest_of_a_shard_comes_first_and_its_lag_is_measured() -> None:
    w = World()
    w.index = fakes.FakeDueIndex(w.deliveries, shards=1)
    for number, lag in ((1, 10), (2, 300), (3, 20)):
        due(w, START - lag, number)
    w.sweep()
    assert [m.key.event_id for m, _ in w.queue.sent] == ["evt_2", "evt_3", "evt_1"]
    assert w.metrics.measured == [("DueLag", 300.0)]


def ended(w: World, state: State = State.EXHAUSTED, subscription_id: str = "sub_1") -> DeliveryKey:
    key = DeliveryKey("evt_1", subscription_id)
    w.events.items["evt_1"] = a_stored_event()
    w.deliveries.items[key] = a_delivery(key=key, state=state, due_at=None, ended_at=START)
    return key


@pytest.mark.parametrize("state", [State.EXHAUSTED, State.CANCELLED, State.DELIVERED])
def test_a_replay_is_a_new_generation_and_history_stays(state: State) -> None:
    w = World(subscriptions=fakes.FakeSubscriptions(a_subscription()))
    key = ended(w, state)
    before = w.deliveries.items[key]
    made = w.replay("evt_1", "sub_1")
    assert made.key == replace(key, generation=1)
    assert (made.state, made.due_at) == (State.PENDING, START + GRACE)
    assert w.deliveries.items[key] == before
    ((message, delay),) = w.queue.sent
    assert (message.key, message.attempt, delay) == (made.key, 1, 0)
    w.deliver(message)
    assert w.replay("evt_1", "sub_1").key.generation == 2


def test_a_delivery_that_is_under_way_cannot_be_replayed() -> None:
    w = World()
    key = ended(w)
    w.deliveries.items[key] = a_delivery()
    with pytest.raises(Refusal) as refused:
        w.replay("evt_1", "sub_1")
    assert (refused.value.status, refused.value.code) == (409, "delivery_pending")
    assert w.queue.sent == []


def test_of_two_replays_at_the_same_time_one_wins() -> None:
    w = World()
    ended(w)
    real = w.deliveries.create

    def another_first(deliveries: list[Delivery]) -> object:
        real([replace(d, created_at=d.created_at - 1) for d in deliveries])
        return real(deliveries)

    w.deliveries.create = another_first  # type: ignore[method-assign, assignment]
    with pytest.raises(Refusal) as refused:
        w.replay("evt_1", "sub_1")
    assert refused.value.status == 409
    assert w.queue.sent == []


def test_a_subscription_that_did_not_match_can_be_served_by_replay() -> None:
    w = World()
    ended(w)
    assert w.replay("evt_1", "forgotten").key == DeliveryKey("evt_1", "forgotten", 1), (
        "0 is fan-out's promise"
    )


@pytest.mark.parametrize(
    "routing",
    [
        RoutingPage((Match("late", Reason.MATCHED),)),
        RoutingPage((Match("sub_1", Reason.MATCHED),), after="sub_1"),
    ],
    ids=["promised", "more pages to come"],
)
def test_a_delivery_that_fan_out_is_still_to_make_cannot_be_replayed(routing: RoutingPage) -> None:
    w = World()
    ended(w)
    w.events.items["evt_1"] = replace(w.events.items["evt_1"], routing=routing)
    with pytest.raises(Refusal) as refused:
        w.replay("evt_1", "late")
    assert refused.value.status == 409


@pytest.mark.parametrize("name", ["", "a#b", "a/b", "a b", "x" * 65])
def test_what_cannot_be_a_subscriptions_id_is_refused_and_nothing_is_written(name: str) -> None:
    w = World()
    ended(w)
    before = dict(w.deliveries.items)
    with pytest.raises(Refusal) as refused:
        w.replay("evt_1", name)
    assert refused.value.status == 422
    assert w.deliveries.items == before


def test_guarantee_2_a_replay_whose_answer_was_lost_knows_itself_and_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client puts it again, and meets what it has put."""
    w = World(subscriptions=fakes.FakeSubscriptions(a_subscription()))
    ended(w)
    create = w.deliveries.create

    def twice(deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        create(deliveries)
        return create(deliveries)

    monkeypatch.setattr(w.deliveries, "create", twice)
    made = w.replay("evt_1", "sub_1")
    assert [message.key for message, _ in w.queue.sent] == [made.key]


def test_an_unknown_event_cannot_be_replayed() -> None:
    with pytest.raises(Refusal) as refused:
        World().replay("evt_none", "sub_1")
    assert refused.value.status == 404


def test_guarantee_2_a_replay_whose_message_was_not_taken_is_found_by_the_sweeper() -> None:
    w = World(subscriptions=fakes.FakeSubscriptions(a_subscription()))
    ended(w)
    w.faults.before["send"] = [fakes.unavailable("sqs")]
    with pytest.raises(Unavailable):
        w.replay("evt_1", "sub_1")
    w.clock.advance(GRACE)
    w.sweep()
    w.deliver(w.take_message()[0])
    assert w.deliveries.items[DeliveryKey("evt_1", "sub_1", 1)].state is State.DELIVERED


def test_the_story_of_an_event_is_the_event_and_all_its_deliveries() -> None:
    w = World()
    ended(w)
    ended(w, State.DELIVERED, "sub_2")
    story = w.inspect()("evt_1")
    assert story.event.event_id == "evt_1"
    assert [d.key.subscription_id for d in story.deliveries] == ["sub_1", "sub_2"]


def test_an_unknown_event_has_no_story() -> None:
    with pytest.raises(Refusal) as refused:
        World().inspect()("evt_none")
    assert (refused.value.status, refused.value.code) == (404, "unknown_event")
