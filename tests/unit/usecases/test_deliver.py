"""Deliver: one message becomes at most one attempt, and every outcome is on record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.claims import DeliveryMessage, Lost, Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.errors import Busy, ConfigError, DoorbellError, SecretMissing, Unavailable
from doorbell.domain.events import BodyAt
from doorbell.domain.health import BREAKER_FAILURES, DRAIN_PER_SECOND, Health, hash_of
from doorbell.domain.outbound import Outcome
from doorbell.domain.places import PLANNED_SECONDS, SLACK
from doorbell.domain.retry import DEFAULT_SCHEDULE, RetryPolicy
from doorbell.domain.subscriptions import Subscription
from tests.support import fakes
from tests.support.builders import TENANT, a_delivery, a_stored_event, a_subscription, an_incoming
from tests.support.fakes import START, Crash, answered, failed
from tests.unit.usecases.world import GRACE, World, answering


def test_a_successful_attempt_delivers_and_is_on_record() -> None:
    w = answering(answered(204))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    delivery = w.delivery(message)
    assert (delivery.state, delivery.ended_at, delivery.due_at) == (State.DELIVERED, START, None)
    assert [(a.number, a.status, a.at) for a in delivery.attempts] == [(1, 204, START)]
    assert delivery.lease is None
    assert w.queue.sent == []
    assert w.endpoints.writes == 0, "a healthy endpoint is not written"


def test_a_failure_within_sqs_reach_is_tried_again_by_a_delayed_message() -> None:
    w = answering(answered(500))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    delivery = w.delivery(message)
    assert (delivery.state, delivery.next_attempt_at) == (State.PENDING, START + 5)
    assert delivery.due_at == START + 5 + GRACE
    assert w.queue.sent == [(replace(message, attempt=2), 5)]


def test_a_failure_beyond_sqs_reach_is_left_to_the_sweeper() -> None:
    w = answering(answered(500))
    message = w.with_pending(a_subscription(retry=RetryPolicy(schedule=(0, 1800), jitter=0)))
    w.deliver(message)
    delivery = w.delivery(message)
    assert (delivery.next_attempt_at, delivery.due_at) == (START + 1800, START + 1800)
    assert w.queue.sent == []


def test_guarantee_2_a_dead_endpoint_is_tried_by_both_clocks_until_the_schedule_is_used_up() -> None:
    w = World(sender=fakes.FakeSender(*[failed()] * 20))
    message = w.with_pending(a_subscription(retry=RetryPolicy(max_age_hours=1000)))
    w.queue.sent.append((message, 0))
    messages = 0
    for _ in range(20_000):
        if w.delivery(message).state.terminal:
            break
        if w.queue.sent:
            w.deliver(w.take_message()[0])
            messages += 1
        else:
            w.clock.advance(60)
            w.sweep()
    delivery = w.delivery(message)
    assert (delivery.state, delivery.reason) == (State.EXHAUSTED, "schedule")
    assert [a.number for a in delivery.attempts] == list(range(1, len(DEFAULT_SCHEDULE) + 1))
    assert len(w.sender.sent) == len(DEFAULT_SCHEDULE)
    assert messages <= 2 * len(DEFAULT_SCHEDULE), "held messages are not spun through SQS"
    assert "delivery.exhausted" in w.notices.kinds


def test_gone_cancels_disables_the_subscription_and_tells_the_operators() -> None:
    w = answering(answered(410))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    assert (w.delivery(message).state, w.delivery(message).reason) == (State.CANCELLED, "gone")
    found = w.subscriptions.get(TENANT, "sub_1")
    assert found is not None
    assert not found.enabled
    told = {"endpoint": f"{TENANT}/sub_1", "reason": found.disabled_reason}
    assert ("subscription.disabled", told) in w.notices.published


def test_retry_after_parks_the_endpoint_and_plans_the_retry_no_earlier() -> None:
    w = answering(answered(429, retry_after="120"))
    subscription = a_subscription()
    message = w.with_pending(subscription)
    w.deliver(message)
    assert w.health(subscription).parked_until == START + 120
    assert w.delivery(message).next_attempt_at == START + 120
    assert w.notices.kinds == ["endpoint.parked"]


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [(failed("timeout"), "timeout"), (answered(503), "503"), (answered(429, retry_after="120"), "429")],
)
def test_a_parking_is_told_with_what_made_it(outcome: Outcome, cause: str) -> None:
    w = answering(outcome)
    w.deliver(w.with_pending(a_subscription()))
    assert [told["cause"] for _, told in w.notices.published] == [cause]


def test_a_2xx_whose_body_never_ends_is_delivered_counts_as_a_2xx_and_shows_what_was_wrong() -> None:
    w = answering(Outcome(202, "timeout", "deadline passed", None, "", 15_000))
    subscription = a_subscription()
    message = w.with_pending(subscription)
    w.endpoints.states[subscription.endpoint_id] = Health(failures=4, failing_since=START)
    w.deliver(message)
    (attempt,) = w.delivery(message).attempts
    assert w.delivery(message).state is State.DELIVERED
    assert (attempt.status, attempt.error) == (202, "timeout")
    assert w.health(subscription).failures == 0
    assert ("Attempts", {"result": "2xx"}) in w.metrics.seen


def test_while_the_lists_index_is_not_there_yet_each_waits_its_own_time_for_a_parked_endpoint() -> None:
    w = answering(failed("timeout"))
    w.shelves.is_ready = False
    subscription = a_subscription()
    w.deliver(w.with_pending(subscription, event_id="evt_0"))
    w.queue.sent.clear()
    waiting = [w.with_pending(subscription, event_id=f"evt_{n}") for n in range(1, 4)]
    for message in waiting:
        w.deliver(message)
    assert len(w.sender.sent) == 1
    assert [w.delivery(m).attempts for m in waiting] == [(), (), ()]
    apart = 1 / DRAIN_PER_SECOND
    assert [w.delivery(m).next_attempt_at - START for m in waiting] == pytest.approx(
        [30, 30 + apart, 30 + 2 * apart], abs=1e-3
    )
    assert [(m.attempt, delay) for m, delay in w.queue.sent] == [(1, 30), (1, 31), (1, 31)]


def test_one_probe_tests_a_parked_endpoint_and_the_others_wait_for_it() -> None:
    w = answering(failed("timeout"))
    subscription = a_subscription()
    w.deliver(w.with_pending(subscription, event_id="evt_0"))
    w.clock.advance(30)
    probe, other = (w.with_pending(subscription, event_id=f"evt_{n}") for n in (1, 2))
    w.sender.during = lambda: w.deliver(other) if len(w.sender.sent) == 2 else None
    w.deliver(probe)
    assert len(w.sender.sent) == 2, "the other message did not go while the probe was out"
    assert w.delivery(probe).state is State.DELIVERED
    assert (w.delivery(other).state, w.delivery(other).attempts) == (State.PENDING, ())
    assert w.delivery(other).waits
    assert w.health(subscription).parked_until is None
    assert w.notices.kinds == ["endpoint.parked", "endpoint.recovered"]


def test_a_failed_probe_parks_the_endpoint_for_longer() -> None:
    w = answering(failed("timeout"), answered(503))
    subscription = a_subscription()
    w.deliver(w.with_pending(subscription, event_id="evt_0"))
    w.clock.advance(30)
    w.deliver(w.with_pending(subscription, event_id="evt_1"))
    assert w.health(subscription).parked_until == START + 30 + 60
    assert w.notices.kinds == ["endpoint.parked"], "told once"


def test_a_probe_whose_worker_died_is_taken_over_when_its_lease_ends() -> None:
    w = answering(failed("timeout"), Crash())
    subscription = a_subscription()
    w.deliver(w.with_pending(subscription, event_id="evt_0"))
    w.clock.advance(30)
    with pytest.raises(Crash):
        w.deliver(w.with_pending(subscription, event_id="evt_1"))
    w.clock.advance(31)
    w.deliver(w.with_pending(subscription, event_id="evt_2"))
    assert len(w.sender.sent) == 3
    assert w.health(subscription).parked_until is None


def test_a_message_over_the_rate_limit_gets_its_slot_once_and_then_goes() -> None:
    w = World()
    subscription = a_subscription(rate_limit_per_second=0.1)
    first, second, third = (w.with_pending(subscription, event_id=f"evt_{n}") for n in range(3))
    for message in (first, second, third):
        w.deliver(message)
    assert len(w.sender.sent) == 1
    assert [w.delivery(m).next_attempt_at - START for m in (second, third)] == [10, 20]
    assert [(m.key.event_id, delay) for m, delay in w.queue.sent] == [("evt_1", 10), ("evt_2", 20)]
    w.clock.advance(10)
    w.deliver(second)
    assert w.delivery(second).state is State.DELIVERED
    assert w.delivery(second).attempts[0].number == 1, "waiting used up no attempt"
    assert w.endpoints.tats[subscription.endpoint_id] == START + 30, "the slot was paid for once"


def held(w: World, subscription: Subscription, count: int) -> list[DeliveryMessage]:
    """Messages that have paid for their places in the rate limit and wait for them."""
    messages = [w.with_pending(subscription, event_id=f"evt_{n}") for n in range(count)]
    for message in messages:
        w.deliver(message)
    w.queue.sent.clear()
    return [message for message in messages if not w.delivery(message).state.terminal]


def test_what_an_outage_held_up_keeps_to_the_rate_limit_when_it_is_over() -> None:
    w = World()
    late = held(w, a_subscription(rate_limit_per_second=1), 60)
    w.clock.advance(600)
    back, sent = w.clock(), len(w.sender.sent)
    w.queue.sent += [(message, 0) for message in late]
    while w.queue.sent:
        w.queue.sent.sort(key=lambda one: one[1])
        message, _ = w.queue.sent.pop(0)
        w.clock.advance(max(0.0, w.delivery(message).next_attempt_at - w.clock()))
        w.deliver(message)
        passed = w.clock() - back
        assert len(w.sender.sent) - sent <= passed + 2, "one a second, and one for a burst"
    assert {w.delivery(message).state for message in late} == {State.DELIVERED}


def test_where_messages_are_always_late_a_rate_limit_lets_them_go_all_the_same() -> None:
    """A dispatcher that is behind for good: each message comes 70 seconds after its place."""
    w = World()
    late = held(w, a_subscription(rate_limit_per_second=1), 200)
    for _ in range(20):
        for message in [one for one in late if not w.delivery(one).state.terminal]:
            w.clock.advance(max(0.0, w.delivery(message).next_attempt_at + 70 - w.clock()))
            w.deliver(message)
    assert {w.delivery(message).state for message in late} == {State.DELIVERED}


def test_a_place_that_is_a_little_late_is_still_the_messages_own() -> None:
    w = World()
    subscription = a_subscription(rate_limit_per_second=0.1)
    (message,) = held(w, subscription, 2)
    w.clock.advance(14)
    w.deliver(message)
    assert w.delivery(message).state is State.DELIVERED
    assert w.endpoints.tats[subscription.endpoint_id] == START + 20, "and is paid for once"


def test_a_message_that_makes_way_for_its_neighbours_comes_again_soon_and_uses_up_no_attempt() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.composer.errors = [Busy("transform")]
    w.deliver(message)
    assert (w.delivery(message).attempts, w.delivery(message).next_attempt_at) == ((), START + 10)
    assert w.queue.sent == [(message, 10)]
    w.take_message()
    w.deliver(message)
    assert w.delivery(message).state is State.DELIVERED


def test_a_message_that_finds_no_room_for_its_look_up_is_held_and_is_no_failure_of_its_endpoint() -> None:
    w = World(sender=fakes.FakeSender(Busy("lookups")))
    subscription = a_subscription(max_in_flight=1)
    message = w.with_pending(subscription)
    w.deliver(message)
    assert (w.delivery(message).attempts, w.delivery(message).next_attempt_at) == ((), START + 10)
    assert w.delivery(message).lease is None
    assert w.health(subscription) == Health()
    assert ("Held", {"reason": "lookups"}) in w.metrics.seen
    assert w.queue.sent == [(message, 10)]
    w.take_message()
    w.deliver(message)
    assert w.delivery(message).state is State.DELIVERED, "its place in flight was given back"


def test_who_makes_way_again_and_again_comes_at_ever_longer_intervals() -> None:
    """Every message that is sent may come twice: sent anew every ten seconds, a few would be many."""
    w = World(sender=fakes.FakeSender(*[Busy("lookups")] * 9))
    message = w.with_pending(a_subscription())
    waits = []
    for _ in range(9):
        w.deliver(message)
        waits.append(w.delivery(message).next_attempt_at - w.clock())
        w.clock.advance(waits[-1])
    assert waits == [10, 10, 20, 40, 80, 160, 320, 640, 900]


def test_what_an_attempt_waited_by_its_schedule_makes_no_hold_longer() -> None:
    w = World(sender=fakes.FakeSender(answered(500), Busy("lookups")))
    message = w.with_pending(a_subscription(retry=RetryPolicy((0, 3600), jitter=0)))
    w.deliver(message)
    w.clock.advance(3600)
    w.deliver(replace(message, attempt=2))
    assert w.delivery(message).next_attempt_at == START + 3610


def test_a_message_that_makes_way_is_not_planned_for_long_after_it_is_given_up() -> None:
    w = World(sender=fakes.FakeSender(Busy("lookups")))
    message = w.with_pending(a_subscription(retry=RetryPolicy(max_age_hours=1)))
    w.clock.advance(3598)
    w.deliver(message)
    assert w.delivery(message).next_attempt_at == START + 3600 + 2
    w.clock.advance(4)
    w.deliver(message)
    assert (w.delivery(message).state, w.delivery(message).reason) == (State.EXHAUSTED, "age")


def test_a_retry_after_a_failure_pays_for_a_slot_of_its_own() -> None:
    w = answering(answered(500))
    subscription = a_subscription(rate_limit_per_second=0.1)
    message = w.with_pending(subscription)
    w.deliver(message)
    assert w.delivery(message).slot_at is None
    w.clock.advance(5)
    w.deliver(replace(message, attempt=2))
    assert w.delivery(message).next_attempt_at == START + 10


@pytest.mark.parametrize("status", [200, 500])
def test_a_slot_that_was_waited_for_is_used_up_by_its_attempt(status: int) -> None:
    w = answering(answered(200), answered(status))
    subscription = a_subscription(rate_limit_per_second=0.1)
    first, second = (w.with_pending(subscription, event_id=f"evt_{n}") for n in range(2))
    w.deliver(first)
    w.deliver(second)
    assert w.delivery(second).slot_at == START + 10
    w.clock.advance(10)
    w.deliver(second)
    assert [attempt.status for attempt in w.delivery(second).attempts] == [status]
    assert w.delivery(second).slot_at is None


def test_no_more_than_max_in_flight_go_at_once_and_a_place_is_given_back() -> None:
    w = World()
    subscription = a_subscription(max_in_flight=1)
    one, other = (w.with_pending(subscription, event_id=f"evt_{n}") for n in (1, 2))
    w.sender.during = lambda: w.deliver(other) if len(w.sender.sent) == 1 else None
    w.deliver(one)
    assert len(w.sender.sent) == 1
    assert w.delivery(other).attempts == ()
    assert w.endpoints.places[subscription.endpoint_id] == {}
    w.clock.advance(2)
    w.deliver(other)
    assert w.delivery(other).state is State.DELIVERED


def test_a_dead_workers_place_is_free_when_its_lease_ends() -> None:
    w = World()
    subscription = a_subscription(max_in_flight=1)
    w.endpoints.places[subscription.endpoint_id] = {"dead": START + 10}
    message = w.with_pending(subscription)
    w.deliver(message)
    assert w.sender.sent == []
    w.clock.advance(11)
    w.deliver(message)
    assert w.delivery(message).state is State.DELIVERED


def test_a_place_is_given_back_when_the_attempt_could_not_be_recorded() -> None:
    w = World()
    subscription = a_subscription(max_in_flight=1)
    message = w.with_pending(subscription)
    w.faults.before["record"] = [fakes.unavailable()]
    with pytest.raises(Unavailable):
        w.deliver(message)
    assert w.endpoints.places[subscription.endpoint_id] == {}


def test_guarantee_3_a_message_that_comes_twice_sends_once() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.deliver(message)
    w.deliver(message)
    w.deliver(message, redelivered=True)
    assert len(w.sender.sent) == 1
    assert w.queue.sent == []


def test_guarantee_3_a_message_that_comes_twice_at_the_same_time_sends_once() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.sender.during = lambda: w.deliver(message, redelivered=True) if len(w.sender.sent) == 1 else None
    w.deliver(message)
    assert len(w.sender.sent) == 1
    assert w.delivery(message).state is State.DELIVERED
    assert w.queue.sent == [(message, 30)], "it looks again when the claim would have ended"


def test_guarantee_3_a_stale_message_of_an_earlier_attempt_sends_nothing() -> None:
    w = answering(answered(500))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    w.clock.advance(5)
    w.deliver(message)
    assert len(w.sender.sent) == 1


def test_guarantee_3_every_send_of_an_event_bears_the_same_webhook_id() -> None:
    w = answering(answered(500), answered(500))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    while w.queue.sent:
        w.deliver(w.take_message()[0])
    w.replay("evt_1", "sub_1")
    w.deliver(w.take_message()[0])
    assert len(w.sender.sent) == 4
    assert {dict(request.headers)["webhook-id"] for request in w.sender.sent} == {"evt_1"}


def test_guarantee_2_a_redelivered_message_whose_successor_was_never_sent_sends_it() -> None:
    w = answering(answered(500))
    message = w.with_pending(a_subscription())
    w.faults.before["send"] = [Crash()]
    with pytest.raises(Crash):
        w.deliver(message)
    w.clock.advance(2)
    w.deliver(message, redelivered=True)
    assert w.queue.sent == [(replace(message, attempt=2), 3)]
    assert len(w.sender.sent) == 1


def test_guarantee_2_a_message_that_came_before_its_time_is_sent_again_for_it() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    key = message.key
    w.deliveries.items[key] = replace(w.deliveries.items[key], next_attempt_at=START + 40)
    w.deliver(message)
    assert w.sender.sent == []
    assert w.queue.sent == [(message, 40)]


def test_a_message_a_moment_early_goes_at_once() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.deliveries.items[message.key] = replace(w.deliveries.items[message.key], next_attempt_at=START + 0.9)
    w.deliver(message)
    assert len(w.sender.sent) == 1


def test_a_message_for_a_delivery_that_is_not_there_is_dropped() -> None:
    w = World(subscriptions=fakes.FakeSubscriptions(a_subscription()))
    w.deliver(DeliveryMessage(DeliveryKey("evt_x", "sub_1"), TENANT, 1))
    assert w.sender.sent == []
    assert w.queue.sent == []


@pytest.mark.parametrize(
    ("subscription", "reason"),
    [(a_subscription(enabled=False), "subscription_disabled"), (None, "subscription_deleted")],
)
def test_a_delivery_whose_subscription_went_away_is_cancelled_with_the_reason(
    subscription: object, reason: str
) -> None:
    w = World()
    message = w.with_pending(a_subscription())
    if subscription is None:
        w.subscriptions.items.clear()
    else:
        w.subscriptions.put(a_subscription(enabled=False))
    w.deliver(message)
    delivery = w.delivery(message)
    assert (delivery.state, delivery.reason, delivery.due_at) == (State.CANCELLED, reason, None)
    assert delivery.ended_at == START
    assert w.sender.sent == []


def test_a_subscription_that_is_broken_fails_on_record_loudly_and_goes_on_when_it_is_repaired() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.subscriptions.items[TENANT, "sub_1"] = ConfigError("subscription acme/sub_1", "url", "is required")
    w.deliver(message)
    (attempt,) = w.delivery(message).attempts
    assert (attempt.error, attempt.detail) == ("config_error", "subscription acme/sub_1: url: is required")
    assert w.log.messages("error") == ["config_error"]
    assert w.endpoints.writes == 0, "it says nothing of the endpoint"
    w.subscriptions.put(a_subscription())
    w.deliver(w.take_message()[0])
    assert w.delivery(message).state is State.DELIVERED


def test_guarantee_2_a_subscription_that_stays_broken_ends_exhausted_not_pending_for_ever() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.subscriptions.items[TENANT, "sub_1"] = ConfigError("subscription acme/sub_1", "url", "is required")
    w.queue.sent.append((message, 0))
    for _ in range(10_000):
        if w.delivery(message).state.terminal:
            break
        if w.queue.sent:
            w.deliver(w.take_message()[0])
        else:
            w.clock.advance(600)
            w.sweep()
    assert w.delivery(message).state is State.EXHAUSTED
    assert w.sender.sent == []


@pytest.mark.parametrize("made", [9, 14, 49])
def test_guarantee_2_a_subscription_that_cannot_be_read_uses_up_no_schedule_of_its_own(made: int) -> None:
    """However many attempts its own schedule has, and however old a delivery may grow by it."""
    w = World()
    message = w.with_pending(a_subscription())
    attempts = tuple(Attempt(n + 1, START, 1, 500, None, "", "") for n in range(made))
    w.deliveries.items[message.key] = replace(w.delivery(message), attempts=attempts)
    w.subscriptions.items[TENANT, "sub_1"] = ConfigError("subscription acme/sub_1", "url", "is required")
    w.clock.advance(12 * 86_400)
    w.deliver(replace(message, attempt=made + 1))
    assert w.delivery(message).state is State.PENDING
    assert w.delivery(message).next_attempt_at - w.clock() <= 6 * 3600


@pytest.mark.parametrize("stale", [None, a_subscription(enabled=False)])
def test_guarantee_2_a_subscription_that_is_on_again_by_now_cancels_nothing(
    stale: Subscription | None,
) -> None:
    """What is cached of it is older than the delivery."""
    w = World()
    message = w.with_pending(a_subscription())
    w.subscriptions.cached[TENANT, "sub_1"] = stale
    w.deliver(message)
    assert w.delivery(message).state is State.DELIVERED


def test_a_delivery_past_its_age_is_exhausted_without_an_attempt_and_the_operators_are_told() -> None:
    w = World()
    message = w.with_pending(a_subscription(retry=RetryPolicy(max_age_hours=1)))
    w.clock.advance(3601)
    w.deliver(message)
    assert (w.delivery(message).state, w.delivery(message).reason) == (State.EXHAUSTED, "age")
    assert w.sender.sent == []
    told = {"endpoint": f"{TENANT}/sub_1", "event_id": message.key.event_id}
    assert w.notices.published == [("delivery.exhausted", told)]


@pytest.mark.parametrize(
    ("limits", "parked_for", "asks_again"),
    [
        ({"rate_limit_per_second": 0.001}, None, (3600, 3610)),
        ({}, 7200.0, (-1, 0)),
        ({"max_in_flight": 1}, None, (PLANNED_SECONDS / 2, PLANNED_SECONDS)),
    ],
)
def test_guarantee_2_whose_turn_would_come_after_its_age_is_given_up_in_time_and_takes_nobodys_turn(
    limits: dict[str, Any], parked_for: float | None, asks_again: tuple[float, float]
) -> None:
    w = World()
    subscription = a_subscription(retry=RetryPolicy(max_age_hours=1), **limits)
    name = subscription.endpoint_id
    w.endpoints.tats[name] = w.endpoints.turns[name] = START + 7200
    w.endpoints.places[name] = {"other": START + 9000}
    if parked_for:
        w.endpoints.states[name] = Health(failures=5, parked_until=START + parked_for, parks=1, version=1)
    message = w.with_pending(subscription)
    w.deliver(message)
    held = w.delivery(message)
    assert (held.state, held.slot_at) == (State.PENDING, None)
    assert asks_again[0] < held.next_attempt_at - START <= asks_again[1]
    assert (w.endpoints.tats[name], w.endpoints.turns[name]) == (START + 7200, START + 7200)
    assert w.endpoints.drains == {}
    while not w.delivery(message).state.terminal:
        w.clock.advance(60)
        w.sweep()
        while w.queue.sent:
            w.deliver(w.take_message()[0])
    assert (w.delivery(message).reason, w.sender.sent) == ("age", [])
    assert w.clock() < START + 3600 + 600


def test_who_waits_for_a_place_does_not_wait_for_a_parking_that_is_over() -> None:
    w = World()
    subscription = a_subscription(max_in_flight=1)
    w.endpoints.drains[subscription.endpoint_id] = START + 86_400
    w.endpoints.places[subscription.endpoint_id] = {"other": START + 30}
    message = w.with_pending(subscription)
    w.deliver(message)
    assert w.delivery(message).next_attempt_at == START + 1


def test_those_who_find_no_place_stand_in_line_and_go_at_their_turn() -> None:
    w = World()
    subscription = a_subscription(max_in_flight=1)
    name = subscription.endpoint_id
    w.endpoints.places[name] = {"other": START + 30}
    first, second = (w.with_pending(subscription, event_id=f"evt_{n}") for n in (1, 2))
    for message in (first, second):
        w.deliver(message)
    turns = [w.delivery(message).turn_at for message in (first, second)]
    assert turns == [START + 1, START + 1 + SLACK]
    w.endpoints.places[name] = {}
    late = w.with_pending(subscription, event_id="evt_3")
    w.clock.advance(1)
    w.deliver(first)
    w.deliver(late)
    assert (w.delivery(first).state, w.delivery(first).turn_at) == (State.DELIVERED, None)
    assert w.delivery(late).state is State.DELIVERED, "the place is idle: half of them and more"


def test_a_turn_far_off_is_not_planned_and_the_message_asks_anew_within_the_time_that_is() -> None:
    w = World()
    subscription = a_subscription(max_in_flight=1)
    w.endpoints.turns[subscription.endpoint_id] = START + 5000
    w.endpoints.places[subscription.endpoint_id] = {"other": START + 30}
    message = w.with_pending(subscription)
    w.deliver(message)
    held = w.delivery(message)
    assert PLANNED_SECONDS / 2 <= held.next_attempt_at - START <= PLANNED_SECONDS
    assert (held.turn_at, w.endpoints.turns[subscription.endpoint_id]) == (None, START + 5000)
    w.deliveries.items[message.key] = replace(held, created_at=START - 5000, next_attempt_at=START)
    w.deliver(message)
    assert w.delivery(message).turn_at == START + 5000, "it has waited for as long already"


def test_how_long_a_place_is_held_is_learnt_from_what_was_sent_and_from_nothing_else() -> None:
    w = World()
    subscription = a_subscription(max_in_flight=1)
    name = subscription.endpoint_id
    w.composer.errors = [SecretMissing("ssm:/s", "not there")]
    w.deliver(w.with_pending(subscription, event_id="evt_1"))
    assert name not in w.endpoints.stays
    w.sender.during = lambda: w.clock.advance(8)
    w.deliver(w.with_pending(subscription, event_id="evt_2"))
    assert w.endpoints.stays[name] == 8


def test_a_probe_is_taken_by_whoever_may_go_at_once_and_not_by_one_who_has_to_wait() -> None:
    w = World()
    subscription = a_subscription(rate_limit_per_second=0.1)
    name = subscription.endpoint_id
    w.endpoints.states[name] = Health(failures=5, parked_until=START - 1, parks=1, version=1)
    w.endpoints.tats[name] = START + 40
    waits = w.with_pending(subscription, event_id="evt_1")
    w.deliver(waits)
    assert (w.delivery(waits).next_attempt_at, w.health(subscription).probe_until) == (START + 40, None)


def test_a_slot_that_was_paid_for_before_a_parking_has_lapsed_after_it() -> None:
    w = World()
    subscription = a_subscription(rate_limit_per_second=1)
    message = w.with_pending(subscription)
    w.deliveries.items[message.key] = replace(w.delivery(message), slot_at=START)
    w.endpoints.states[subscription.endpoint_id] = Health(parked_until=START + 30, parks=1, version=1)
    w.deliver(message)
    assert w.delivery(message).slot_at is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SecretMissing("ssm:/x", "not there"), "secret_missing"),
        (DoorbellError("cannot be made"), "compose_failed"),
    ],
)
def test_what_cannot_be_composed_is_a_failed_attempt_on_record_and_no_blame_for_the_endpoint(
    error: Exception, code: str
) -> None:
    w = World()
    w.composer.errors = [error]
    subscription = a_subscription()
    message = w.with_pending(subscription)
    w.deliver(message)
    (attempt,) = w.delivery(message).attempts
    assert (attempt.error, attempt.status, attempt.detail) == (code, None, str(error))
    assert w.sender.sent == []
    assert w.queue.sent == [(replace(message, attempt=2), 5)]
    assert w.health(subscription).failures == 0


def test_an_event_that_is_no_longer_kept_is_a_failed_attempt_on_record() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.events.items.clear()
    w.deliver(message)
    assert w.delivery(message).attempts[0].error == "event_missing"


def test_a_body_that_is_no_longer_kept_is_a_failed_attempt_on_record() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.events.items["evt_1"] = a_stored_event(an_incoming(BodyAt(size=3, key="acme/gone")))
    w.deliver(message)
    assert w.delivery(message).attempts[0].error == "body_missing"


def test_a_body_in_the_bucket_is_sent() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.bodies.objects["acme/big"] = b"big"
    w.events.items["evt_1"] = a_stored_event(an_incoming(BodyAt(size=3, key="acme/big")))
    w.deliver(message)
    assert w.composer.composed == [("evt_1", 1, b"big")]


def test_guarantee_2_secrets_that_cannot_be_fetched_now_bring_the_message_back() -> None:
    w = World()
    w.composer.errors = [fakes.unavailable("ssm")]
    message = w.with_pending(a_subscription())
    with pytest.raises(Unavailable):
        w.deliver(message)
    assert w.delivery(message).attempts == ()
    w.clock.advance(360)
    w.deliver(message, redelivered=True)
    assert w.delivery(message).state is State.DELIVERED


def test_no_attempt_is_begun_that_cannot_be_finished_in_time() -> None:
    w = World()
    message = w.with_pending(a_subscription(timeout_seconds=15))
    with pytest.raises(Unavailable, match="too little time"):
        w.deliver(message, time_left=29.9)
    assert w.delivery(message).lease is None
    w.deliver(message, time_left=30)
    assert len(w.sender.sent) == 1


def test_guarantee_3_what_took_so_long_to_prepare_that_the_lease_would_end_in_the_send_is_not_sent() -> None:
    w = World()
    message = w.with_pending(a_subscription(timeout_seconds=15))

    def slow(key: str) -> bytes:
        w.clock.advance(16)
        return b"big"

    w.bodies.get = slow  # type: ignore[method-assign]
    w.events.items["evt_1"] = a_stored_event(an_incoming(BodyAt(size=3, key="acme/big")))
    with pytest.raises(Unavailable, match="lease"):
        w.deliver(message)
    assert w.sender.sent == []


def test_a_stale_worker_that_wakes_after_its_lease_cannot_overwrite_what_came_later() -> None:
    w = answering(answered(200), answered(500))
    message = w.with_pending(a_subscription())

    def frozen() -> None:
        if len(w.sender.sent) == 1:
            w.clock.advance(60)
            w.deliver(message, redelivered=True)

    w.sender.during = frozen
    with pytest.raises(Unavailable, match="claim had ended"):
        w.deliver(message)
    delivery = w.delivery(message)
    assert delivery.state is State.DELIVERED
    assert [a.status for a in delivery.attempts] == [200]
    assert "attempt_after_lost_claim" in w.log.messages()
    assert w.queue.sent == [], "the stale worker plans nothing"


STEPS = [
    ("before", "claim"),
    ("after", "claim"),
    ("before", "record"),
    ("after", "record"),
    ("before", "send"),
    ("after", "send"),
]


@pytest.mark.parametrize(("when", "step"), STEPS)
@pytest.mark.parametrize("end", [Crash(), fakes.unavailable()], ids=["killed", "unavailable"])
@pytest.mark.parametrize("sqs_repeats", [True, False], ids=["redelivered", "lost_by_sqs"])
def test_guarantee_2_a_worker_that_ends_at_any_step_loses_nothing(
    when: str, step: str, end: BaseException, sqs_repeats: bool
) -> None:
    """The message comes again after its visibility, or SQS loses it and the sweeper finds the delivery."""
    w = answering(answered(500))
    message = w.with_pending(a_subscription())
    getattr(w.faults, when)[step] = [end]
    with pytest.raises((Crash, Unavailable)):
        w.deliver(message)
    sends_before = len(w.sender.sent)
    w.queue.sent.clear()
    w.clock.advance(360)
    if sqs_repeats:
        w.deliver(message, redelivered=True)
    for _ in range(40):
        w.clock.advance(60)
        w.sweep()
        while w.queue.sent:
            w.deliver(w.take_message()[0])
    delivery = w.delivery(message)
    assert delivery.state is State.DELIVERED
    unrecorded = len(w.sender.sent) - len(delivery.attempts)
    assert unrecorded == (1 if (when, step) == ("before", "record") else 0), (
        "guarantee 3: a duplicate only from a crash between the send and its record"
    )
    assert sends_before <= 1


def test_guarantee_2_a_hold_whose_message_was_not_sent_is_made_good_by_the_redelivery() -> None:
    w = World()
    subscription = a_subscription(rate_limit_per_second=0.1)
    w.deliver(w.with_pending(subscription, event_id="evt_0"))
    message = w.with_pending(subscription)
    w.faults.before["send"] = [fakes.unavailable("sqs")]
    with pytest.raises(Unavailable):
        w.deliver(message)
    w.clock.advance(4)
    w.deliver(message, redelivered=True)
    assert w.queue.sent == [(message, 6)]


def test_five_days_of_nothing_but_failure_disable_the_subscription_with_a_notice() -> None:
    w = answering(answered(500))
    subscription = a_subscription()
    message = w.with_pending(subscription)
    w.endpoints.states[subscription.endpoint_id] = replace(
        w.health(subscription), failures=9, failing_since=START - 5 * 86_400
    )
    w.deliver(message)
    assert w.subscriptions.disabled == [("sub_1", "nothing but failure for five days")]
    assert "subscription.disabled" in w.notices.kinds
    assert w.health(subscription).failures == 0, "whoever switches it on again begins anew"


@pytest.mark.parametrize(("days", "outcome"), [(5, None), (6, SecretMissing("ssm:/x", "not there"))])
def test_nothing_that_says_nothing_of_the_endpoint_disables_it(days: int, outcome: Exception | None) -> None:
    """Neither a success whose health was not written, nor a fault of Doorbell's own."""
    w = World()
    subscription = a_subscription()
    message = w.with_pending(subscription)
    w.endpoints.states[subscription.endpoint_id] = Health(failures=9, failing_since=START - days * 86_400)
    w.endpoints.lose_races = 100
    w.composer.errors = [outcome] if outcome else []
    w.deliver(message)
    assert w.subscriptions.disabled == []


def test_what_an_endpoint_says_of_one_event_neither_parks_nor_disables_it_until_a_subscription_says_so() -> (
    None
):
    for retry, parked in ((RetryPolicy(), False), (RetryPolicy(breaker_ignores=()), True)):
        w = answering(*[answered(400)] * BREAKER_FAILURES)
        subscription = a_subscription(retry=retry)
        for n in range(BREAKER_FAILURES):
            w.deliver(w.with_pending(subscription, event_id=f"evt_{n}"))
        assert (w.health(subscription).parked_until is not None) == parked
    w = answering(answered(422))
    w.endpoints.states["acme/sub_1"] = Health(failures=9, failing_since=START - 6 * 86_400)
    w.deliver(w.with_pending(a_subscription()))
    assert w.subscriptions.disabled == []


def test_a_failure_that_is_given_up_on_ends_the_delivery_is_told_and_is_not_tried_again() -> None:
    w = answering(answered(404))
    message = w.with_pending(a_subscription(retry=RetryPolicy(give_up_on=("4xx",))))
    w.deliver(message)
    delivery = w.delivery(message)
    assert (delivery.state, delivery.reason, delivery.due_at) == (State.EXHAUSTED, "given_up", None)
    assert delivery.attempts_made == 1
    assert w.queue.sent == []
    assert "delivery.exhausted" in w.notices.kinds


def test_failures_of_the_url_it_had_before_neither_park_nor_disable_it() -> None:
    w = answering(answered(500))
    moved = a_subscription(url="https://new.example/")
    old = Health(failures=9, failing_since=START - 9 * 86_400, parked_until=START + 9000, parks=3, version=4)
    w.endpoints.states[moved.endpoint_id] = replace(old, url_hash=hash_of("https://old.example/"))
    message = w.with_pending(moved)
    w.deliver(message)
    assert [a.status for a in w.delivery(message).attempts] == [500]
    assert w.subscriptions.disabled == []
    assert (w.health(moved).failures, w.health(moved).failing_since) == (1, START)


def test_a_health_write_that_loses_its_race_is_judged_anew_on_what_won() -> None:
    w = answering(answered(500))
    subscription = a_subscription()
    message = w.with_pending(subscription)
    w.endpoints.lose_races = 2
    w.deliver(message)
    assert w.health(subscription).failures == 1


def test_a_health_write_that_loses_every_race_does_not_lose_the_outcome() -> None:
    w = answering(answered(500))
    message = w.with_pending(a_subscription())
    w.endpoints.lose_races = 100
    w.deliver(message)
    assert [a.status for a in w.delivery(message).attempts] == [500]
    assert len(w.queue.sent) == 1


def test_a_success_after_failures_clears_the_endpoints_record() -> None:
    w = answering(answered(500), answered(200))
    subscription = a_subscription()
    message = w.with_pending(subscription)
    w.deliver(message)
    assert w.health(subscription).failures == 1
    w.clock.advance(5)
    w.deliver(replace(message, attempt=2))
    assert w.health(subscription).failures == 0


def test_each_attempt_is_one_log_line_without_the_body() -> None:
    w = answering(Outcome(500, None, "", None, "what they answered", 7))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    (fields,) = [fields for _, name, fields in w.log.lines if name == "attempt"]
    assert (fields["status"], fields["attempt"], fields["duration_ms"]) == (500, 1, 7)
    assert "what they answered" not in repr(w.log.lines)


@pytest.mark.parametrize("redelivered", [False, True])
def test_guarantee_2_a_message_that_meets_a_live_claim_looks_again_when_it_has_ended(
    redelivered: bool,
) -> None:
    """Who has the claim may be a worker that was frozen, and whose own message is gone."""
    w = World()
    message = w.with_pending(a_subscription())
    w.deliveries.items[message.key] = a_delivery(lease=Lease("another's", START + 10))
    w.deliver(message, redelivered=redelivered)
    assert w.sender.sent == []
    assert w.queue.sent == [(message, 10)]
    w.clock.advance(11)
    w.deliver(w.take_message()[0])
    assert w.delivery(message).state is State.DELIVERED


def test_who_looks_again_after_a_claim_that_ended_well_is_dropped() -> None:
    w = answering(answered(500))
    message = w.with_pending(a_subscription())
    w.sender.during = lambda: w.deliver(message) if len(w.sender.sent) == 1 else None
    w.deliver(message)
    again, following = sorted((sent for sent, _ in w.queue.sent), key=lambda sent: sent.attempt)
    assert (again, following.attempt) == (message, 2)
    w.queue.sent.clear()
    w.clock.advance(31)
    w.deliver(again)
    assert w.queue.sent == []


OVERTAKEN = {
    "its outcome": a_subscription(),
    "a hold": a_subscription(rate_limit_per_second=0.001),
    "a cancellation": a_subscription(enabled=False),
}


@pytest.mark.parametrize("subscription", OVERTAKEN.values(), ids=OVERTAKEN)
def test_guarantee_2_a_message_outlives_a_claim_that_was_lost_before_the_record(
    subscription: Subscription,
) -> None:
    """The one who has the claim now may have been called by this very message."""
    w = World()
    if subscription.rate_limit_per_second is not None:
        w.deliver(w.with_pending(subscription, event_id="evt_0"))
    message = w.with_pending(subscription)

    def overtaken(claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool:
        return False

    w.deliveries.record = overtaken  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="claim had ended"):
        w.deliver(message)
    assert w.queue.sent == []


def test_an_unauthorized_answer_is_on_record_and_what_was_composed_is_forgotten() -> None:
    w = answering(answered(401))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    assert [a.status for a in w.delivery(message).attempts] == [401]
    assert w.composer.rejections == [message.key.subscription_id]


def test_a_stale_message_that_comes_again_while_a_later_attempt_is_under_way_makes_no_message() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    made = Attempt(1, START - 5, 10, 500, None, "", "")
    w.deliveries.items[message.key] = a_delivery(attempts=(made,), lease=Lease("other", START + 10))
    w.deliver(message, redelivered=True)
    assert w.sender.sent == []
    assert w.queue.sent == []


def test_an_endpoint_that_answers_401_makes_what_was_composed_from_be_asked_for_anew() -> None:
    w = answering(answered(401), answered(403))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    assert w.composer.rejections == ["sub_1"]
    w.deliver(w.take_message()[0])
    assert w.composer.rejections == ["sub_1"], "403 says nothing of the credential"


def test_guarantee_2_a_message_at_the_edge_of_its_time_is_not_dropped_while_the_clock_moves_on() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.deliveries.items[message.key] = replace(w.delivery(message), next_attempt_at=START + 1.005)
    claim = w.deliveries.claim

    def slow(
        key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool = False
    ) -> Won | Lost:
        answer = claim(key, attempt, lease, now, release=release)
        w.clock.advance(0.01)
        return answer

    w.deliveries.claim = slow  # type: ignore[method-assign]
    w.deliver(message)
    assert w.sender.sent == []
    assert [again for again, _ in w.queue.sent] == [message]


def test_a_retry_is_counted_as_one_and_a_first_attempt_is_not() -> None:
    w = answering(answered(500), answered(204))
    message = w.with_pending(a_subscription())
    w.deliver(message)
    assert ("Retries", {}) not in w.metrics.seen
    w.clock.now += 5
    w.deliver(replace(message, attempt=2))
    assert w.metrics.seen.count(("Retries", {})) == 1
