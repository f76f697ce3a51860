"""A subscription that is paused: nothing goes, nothing is lost, nothing ages; and what comes afterwards."""

from __future__ import annotations

from dataclasses import replace

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import State
from doorbell.domain.health import Health
from doorbell.domain.shelves import FAR_SECONDS
from doorbell.domain.wakes import LOOK_SECONDS, TICK_SECONDS, Wake
from tests.support.builders import TENANT, a_subscription
from tests.support.fakes import START, answered
from tests.unit.usecases.world import RETENTION, World, answering

CALL = WakeCall(TENANT, "sub_1")
PAUSED = a_subscription(paused=True)
DAY = 86_400.0


def held(w: World, count: int = 1) -> list[DeliveryMessage]:
    """So many deliveries of a paused subscription, a second apart, each looked at once."""
    messages = []
    for number in range(count):
        messages.append(w.with_pending(PAUSED, event_id=f"evt_{number}"))
        w.deliver(messages[-1])
        w.clock.advance(1)
    w.queue.sent.clear()
    w.queue.woken.clear()
    return messages


def resume(w: World) -> None:
    w.subscriptions.put(a_subscription())


def looked_at(w: World, at: float) -> None:
    """The list, at this time, whatever its wake says."""
    seen = w.endpoints.health(PAUSED.endpoint_id)
    assert seen.wake is not None
    w.endpoints.write_health(PAUSED.endpoint_id, seen.with_wake(replace(seen.wake, at=at)))
    w.clock.now = at
    w.look(CALL)


def test_what_comes_for_a_paused_subscription_is_filed_and_not_sent() -> None:
    w = World()
    (message,) = held(w)
    delivery = w.delivery(message)
    assert w.sender.sent == []
    assert (delivery.state, delivery.attempts, delivery.waits) == (State.PENDING, (), True)
    assert w.health(PAUSED).wake is not None


def test_a_look_in_a_pause_sends_nobody_and_comes_again_in_five_minutes() -> None:
    w = World()
    held(w, 3)
    looked_at(w, START + 100)
    assert w.queue.sent == []
    assert w.health(PAUSED).wake == Wake(START + 100 + LOOK_SECONDS)


def test_who_waits_is_released_oldest_first_and_spread_when_it_is_resumed() -> None:
    w = World()
    messages = held(w, 20)
    looked_at(w, START + 100)
    resume(w)
    w.clock.advance(LOOK_SECONDS)
    w.look(CALL)
    assert [message.key for message, _ in w.queue.sent] == [message.key for message in messages]
    delays = [delay for _, delay in w.queue.sent]
    assert delays == sorted(delays)
    assert 0 < delays[-1] < TICK_SECONDS


def test_a_worker_that_has_the_pause_cached_sends_what_is_released() -> None:
    w = answering(answered(200))
    (message,) = held(w)
    resume(w)
    w.subscriptions.cached[TENANT, "sub_1"] = PAUSED
    w.deliver(replace(message, release=True))
    assert w.delivery(message).state is State.DELIVERED


def test_who_is_filed_while_it_is_resumed_releases_itself() -> None:
    """The list may have been emptied before it stood there."""
    w = World()
    message = w.with_pending(PAUSED)
    reads = w.subscriptions.get
    seen = iter((PAUSED, PAUSED, a_subscription()))
    w.subscriptions.get = lambda *key, fresh=False: next(seen)  # type: ignore[method-assign]
    w.deliver(message)
    w.subscriptions.get = reads  # type: ignore[method-assign]
    assert [(sent.key, sent.release) for sent, _ in w.queue.sent] == [(message.key, True)]


def test_the_age_does_not_run_in_a_pause() -> None:
    w = answering(answered(200))
    (message,) = held(w)
    w.clock.advance(20 * DAY)
    resume(w)
    w.deliver(replace(message, release=True))
    assert w.delivery(message).state is State.DELIVERED


def test_the_age_before_and_after_a_pause_counts() -> None:
    w = answering(answered(503))
    (message,) = held(w)
    w.clock.advance(10 * DAY)
    resume(w)
    w.deliver(replace(message, release=True))
    failed = w.delivery(message)
    assert failed.state is State.PENDING
    w.clock.advance(5 * DAY + 10)
    w.deliver(DeliveryMessage(message.key, TENANT, 2, release=True))
    assert (w.delivery(message).state, w.delivery(message).reason) == (State.EXHAUSTED, "age")


def test_two_pauses_count_as_one_that_was_as_long_as_both() -> None:
    w = answering(answered(200))
    (message,) = held(w)
    release = replace(message, release=True)
    w.clock.advance(4 * DAY)
    resume(w)
    w.endpoints.states[PAUSED.endpoint_id] = Health(parked_until=w.clock() + 60, version=9)
    w.deliver(release)
    w.subscriptions.put(PAUSED)
    w.deliver(release)
    w.clock.advance(4 * DAY)
    resume(w)
    w.endpoints.states.clear()
    w.deliver(release)
    assert w.delivery(message).state is State.DELIVERED


def test_a_pause_that_outlasts_what_is_kept_ends_a_day_before_it_expires() -> None:
    w = World()
    (message,) = held(w)
    w.clock.now = START + RETENTION - DAY + 3
    w.deliver(message)
    assert (w.delivery(message).state, w.delivery(message).reason) == (State.EXHAUSTED, "retention")
    assert w.sender.sent == []


def test_it_is_told_three_days_before_and_once_a_day_from_then_on() -> None:
    w = World()
    held(w)
    ends_at = START + RETENTION - DAY
    looked_at(w, ends_at - 3 * DAY - 1)
    assert w.notices.kinds == []
    for at in (ends_at - 3 * DAY + 1, ends_at - 3 * DAY + 400, ends_at - 2 * DAY + 1):
        looked_at(w, at)
    assert w.notices.kinds == ["subscription.pause_outlasts"] * 2
    assert w.notices.published[0][1] == {"endpoint": PAUSED.endpoint_id, "until": ends_at}


def test_who_waits_is_filed_again_when_its_own_clock_comes_to_it() -> None:
    """Else the sweeper would come to it every quarter of an hour, for weeks."""
    w = World()
    (message,) = held(w)
    first = w.delivery(message)
    assert first.due_at is not None
    w.clock.now = first.due_at
    w.deliver(message)
    again = w.delivery(message)
    assert again.due_at == w.clock() + FAR_SECONDS
    assert (again.shelf, again.paused_at, again.attempts) == (first.shelf, first.paused_at, ())


def test_a_message_that_comes_twice_leaves_it_where_it_is() -> None:
    w = World()
    (message,) = held(w)
    before = w.delivery(message)
    w.deliver(message, redelivered=True)
    assert w.delivery(message) == before
    assert w.queue.sent == []


def test_while_there_are_no_lists_it_comes_again_and_does_not_age() -> None:
    w = World()
    w.shelves.is_ready = False
    (message,) = held(w)
    delivery = w.delivery(message)
    assert (delivery.state, delivery.waits, delivery.attempts) == (State.PENDING, False, ())
    assert delivery.is_paused
    assert delivery.due_at is not None


def test_the_days_of_nothing_but_failure_begin_anew() -> None:
    w = World()
    held(w)
    seen = w.endpoints.health(PAUSED.endpoint_id)
    w.endpoints.write_health(PAUSED.endpoint_id, replace(seen, failures=9, failing_since=START - 4 * DAY))
    looked_at(w, START + 100)
    assert w.health(PAUSED).failing_since is None


def test_an_empty_list_closes_in_a_pause_too() -> None:
    w = World()
    w.subscriptions.put(PAUSED)
    w.endpoints.states[PAUSED.endpoint_id] = Health(version=1, wake=Wake(START))
    w.look(CALL)
    wake = w.health(PAUSED).wake
    assert wake is not None
    assert wake.closing
    looked_at(w, wake.at)
    assert w.health(PAUSED).wake is None


def test_one_that_is_off_as_well_cancels() -> None:
    w = World()
    (message,) = held(w)
    w.subscriptions.put(a_subscription(paused=True, enabled=False))
    w.deliver(replace(message, release=True))
    assert w.delivery(message).state is State.CANCELLED


def test_an_endpoint_that_was_parked_when_the_pause_began_is_asked_once_it_is_over() -> None:
    w = World()
    (first, _) = held(w, 2)
    there = w.endpoints.health(PAUSED.endpoint_id)
    parked = replace(there, failures=5, failing_since=START, parked_until=START + 3000, parks=7)
    w.endpoints.states[PAUSED.endpoint_id] = parked
    w.clock.advance(600)
    resume(w)
    w.endpoints.resumed(PAUSED.endpoint_id, w.clock())
    w.look(CALL)
    assert [(sent.key, sent.release) for sent, _ in w.queue.sent] == [(first.key, True)]
