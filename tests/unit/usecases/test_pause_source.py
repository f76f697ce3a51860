"""A source that is paused: what it rang for waits on its own list, whatever it waits for besides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import State
from doorbell.domain.errors import ConfigError
from doorbell.domain.health import Health
from doorbell.domain.holders import name_of_source, source_held_by
from doorbell.domain.outbound import Outcome
from doorbell.domain.shelves import FAR_SECONDS
from doorbell.domain.wakes import LOOK_SECONDS, TICK_SECONDS, Wake
from tests.support.builders import TENANT, a_stored_event, a_subscription
from tests.support.fakes import START, answered
from tests.unit.usecases.world import RETENTION, World, answering

SOURCE = a_stored_event().incoming.source_id
CALL = WakeCall(TENANT, name_of_source(SOURCE))
HOLDER = f"{TENANT}/{name_of_source(SOURCE)}"
ENDPOINT = a_subscription().endpoint_id
DAY = 86_400.0


def held(w: World, count: int = 1) -> list[DeliveryMessage]:
    """So many deliveries of a paused source, a second apart, each looked at once."""
    w.sources.paused.add(SOURCE)
    messages = []
    for number in range(count):
        messages.append(w.with_pending(a_subscription(), event_id=f"evt_{number}"))
        w.deliver(messages[-1])
        w.clock.advance(1)
    w.queue.sent.clear()
    w.queue.woken.clear()
    return messages


def released(message: DeliveryMessage) -> DeliveryMessage:
    return replace(message, release=True)


def looked_at(w: World, at: float) -> None:
    seen = w.endpoints.health(HOLDER)
    assert seen.wake is not None
    w.endpoints.write_health(HOLDER, seen.with_wake(replace(seen.wake, at=at)))
    w.clock.now = at
    w.look(CALL)


def test_what_it_rang_for_is_filed_on_its_list_and_not_sent() -> None:
    w = World()
    (message,) = held(w)
    delivery = w.delivery(message)
    assert w.sender.sent == []
    assert (delivery.state, delivery.attempts, source_held_by(delivery)) == (State.PENDING, (), SOURCE)
    assert w.endpoints.health(HOLDER).wake is not None
    assert w.endpoints.health(ENDPOINT).wake is None


def test_what_others_rang_for_goes() -> None:
    w = answering(answered(200))
    w.sources.paused.add("another")
    message = w.with_pending(a_subscription())
    w.deliver(message)
    assert w.delivery(message).state is State.DELIVERED


def test_a_look_in_a_pause_sends_nobody_and_comes_again_in_five_minutes() -> None:
    w = World()
    held(w, 3)
    looked_at(w, START + 100)
    assert w.queue.sent == []
    assert w.endpoints.health(HOLDER).wake == Wake(START + 100 + LOOK_SECONDS)


def test_a_look_relies_on_nothing_that_was_read_before() -> None:
    w = World()
    held(w)
    w.sources.cached[SOURCE] = False
    looked_at(w, START + 100)
    assert w.queue.sent == []


def test_who_waits_is_released_oldest_first_and_spread_when_it_is_resumed_or_deleted() -> None:
    """A source that is gone is not paused: its events were taken in."""
    w = World()
    messages = held(w, 20)
    looked_at(w, START + 100)
    w.sources.paused.clear()
    w.clock.advance(LOOK_SECONDS)
    w.look(CALL)
    assert [message.key for message, _ in w.queue.sent] == [message.key for message in messages]
    delays = [delay for _, delay in w.queue.sent]
    assert delays == sorted(delays)
    assert 0 < delays[-1] < TICK_SECONDS


def test_a_worker_that_has_the_pause_cached_sends_what_is_released() -> None:
    w = answering(answered(200))
    (message,) = held(w)
    w.sources.paused.clear()
    w.sources.cached[SOURCE] = True
    w.deliver(released(message))
    delivery = w.delivery(message)
    assert (delivery.state, delivery.attempts_made) == (State.DELIVERED, 1)


def test_who_is_filed_while_it_is_resumed_releases_itself() -> None:
    """The list may have been emptied before it stood there."""
    w = World()
    message = w.with_pending(a_subscription())
    seen = iter((True, True, True, False))

    def is_paused(source_id: str, fresh: bool = False) -> bool:
        return next(seen)

    w.sources.is_paused = is_paused  # type: ignore[method-assign]
    w.deliver(message)
    assert [(sent.key, sent.release) for sent, _ in w.queue.sent] == [(message.key, True)]


def test_a_subscription_that_is_paused_too_holds_it_when_the_source_is_resumed() -> None:
    w = answering(answered(200))
    (message,) = held(w)
    w.subscriptions.put(a_subscription(paused=True))
    w.sources.paused.clear()
    w.deliver(released(message))
    moved = w.delivery(message)
    assert (moved.waits, source_held_by(moved), moved.is_paused) == (True, None, True)
    assert w.health(a_subscription()).wake is not None
    w.subscriptions.put(a_subscription())
    w.deliver(released(message))
    assert w.delivery(message).state is State.DELIVERED


def test_a_source_that_is_paused_too_holds_it_when_the_subscription_is_resumed() -> None:
    w = World()
    w.sources.paused.add(SOURCE)
    message = w.with_pending(a_subscription(paused=True))
    w.deliver(message)
    assert source_held_by(w.delivery(message)) is None
    w.subscriptions.put(a_subscription())
    w.clock.advance(DAY)
    w.deliver(released(message))
    moved = w.delivery(message)
    assert (source_held_by(moved), moved.paused_at) == (SOURCE, START)
    assert w.sender.sent == []


def test_who_waits_for_a_parked_endpoint_moves_to_the_source_when_it_is_released() -> None:
    w = World()
    message = w.with_pending(a_subscription())
    w.endpoints.states[ENDPOINT] = Health(parked_until=START + 60, version=1)
    w.deliver(message)
    assert source_held_by(w.delivery(message)) is None
    w.sources.paused.add(SOURCE)
    w.clock.advance(61)
    w.deliver(released(message))
    assert source_held_by(w.delivery(message)) == SOURCE
    assert w.sender.sent == []


def test_the_age_does_not_run_in_a_pause() -> None:
    w = answering(answered(200))
    (message,) = held(w)
    w.clock.advance(20 * DAY)
    w.sources.paused.clear()
    w.deliver(released(message))
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
    for at in (ends_at - 3 * DAY - 1, ends_at - 3 * DAY + 1, ends_at - 3 * DAY + 400, ends_at - 2 * DAY + 1):
        looked_at(w, at)
    assert w.notices.kinds == ["source.pause_outlasts"] * 2
    assert w.notices.published[0][1] == {"source": SOURCE, "tenant": TENANT, "until": ends_at}


def test_who_waits_is_filed_again_when_its_own_clock_comes_to_it() -> None:
    w = World()
    (message,) = held(w)
    first = w.delivery(message)
    assert first.due_at is not None
    w.clock.now = first.due_at
    w.deliver(message)
    again = w.delivery(message)
    assert again.due_at == w.clock() + FAR_SECONDS
    assert (again.shelf, again.paused_at, again.attempts) == (first.shelf, first.paused_at, ())


def test_a_message_that_comes_twice_leaves_it_where_it_is_and_sees_to_its_lists_wake() -> None:
    w = World()
    (message,) = held(w)
    before = w.delivery(message)
    w.endpoints.states.clear()
    w.deliver(message, redelivered=True)
    assert w.delivery(message) == before
    assert w.queue.sent == []
    assert w.endpoints.health(HOLDER).wake is not None


def test_a_message_that_meets_one_whose_source_was_resumed_releases_it() -> None:
    w = World()
    (message,) = held(w)
    w.sources.paused.clear()
    w.deliver(message, redelivered=True)
    assert [(sent.key, sent.release) for sent, _ in w.queue.sent] == [(message.key, True)]


def test_while_there_are_no_lists_it_comes_again_and_does_not_age() -> None:
    w = World()
    w.shelves.is_ready = False
    (message,) = held(w)
    delivery = w.delivery(message)
    assert (delivery.state, delivery.waits, delivery.attempts) == (State.PENDING, False, ())
    assert delivery.is_paused
    assert delivery.due_at is not None


def test_the_days_of_nothing_but_failure_do_not_run() -> None:
    w = World()
    w.endpoints.states[ENDPOINT] = Health(failures=9, failing_since=START - 4 * DAY, version=1)
    held(w)
    assert (w.health(a_subscription()).failing_since, w.health(a_subscription()).failures) == (None, 9)


def test_a_subscription_that_cannot_be_read_uses_up_no_attempt() -> None:
    w = World()
    w.sources.paused.add(SOURCE)
    message = w.with_pending(a_subscription())
    w.subscriptions.items[TENANT, "sub_1"] = ConfigError("subscription default/sub_1", "url", "not a URL")
    w.deliver(message)
    assert (w.delivery(message).attempts, source_held_by(w.delivery(message))) == ((), SOURCE)


@pytest.mark.parametrize("how", ["off", "gone"])
def test_who_is_off_or_gone_gets_nothing_later_either(how: str) -> None:
    w = World()
    (message,) = held(w)
    if how == "off":
        w.subscriptions.put(a_subscription(enabled=False))
    else:
        w.subscriptions.items.clear()
    w.sources.paused.clear()
    w.deliver(released(message))
    assert w.delivery(message).state is State.CANCELLED


def test_an_empty_list_closes_in_a_pause_too() -> None:
    w = World()
    w.sources.paused.add(SOURCE)
    w.endpoints.states[HOLDER] = Health(version=1, wake=Wake(START))
    w.look(CALL)
    wake = w.endpoints.health(HOLDER).wake
    assert wake is not None
    assert wake.closing
    looked_at(w, wake.at)
    assert w.endpoints.health(HOLDER).wake is None


def test_a_source_of_another_tenant_has_a_list_of_its_own() -> None:
    """Events keep the tenant they came for, whatever their source is changed to."""
    w = World()
    (message,) = held(w)
    other = replace(w.delivery(message), tenant_id="acme", shelf=None, lease=None)
    key = replace(other.key, event_id="evt_other")
    w.events.items["evt_other"] = a_stored_event(event_id="evt_other")
    w.deliveries.items[key] = replace(other, key=key)
    w.subscriptions.put(replace(a_subscription(), tenant_id="acme"))
    w.deliver(DeliveryMessage(key, "acme", 1))
    assert w.endpoints.health(f"acme/{name_of_source(SOURCE)}").wake is not None


PARKED = Health(failures=5, failing_since=START - 60, parked_until=START + 1800, parks=7, version=1)


def freed(w: World, health: Health) -> list[DeliveryMessage]:
    """Three that were held while their endpoint was parked, when the source is resumed."""
    w.endpoints.states[ENDPOINT] = health
    messages = held(w, 3)
    w.sources.paused.clear()
    w.clock.advance(60)
    return [released(message) for message in messages]


def test_an_endpoint_that_was_parked_is_asked_by_the_first_that_comes_out_of_the_pause() -> None:
    w = answering(answered(200))
    first, *others = freed(w, PARKED)
    w.deliver(first)
    assert w.delivery(first).state is State.DELIVERED
    assert w.endpoints.health(ENDPOINT).parked_until is None
    assert len(w.sender.sent) == 1
    assert not any(w.delivery(other).attempts for other in others)


def test_where_the_first_finds_it_down_the_others_wait_for_the_end_of_its_parking() -> None:
    w = answering(answered(503), answered(503), answered(503))
    for message in freed(w, PARKED):
        w.deliver(message)
    assert len(w.sender.sent) == 1
    found = w.endpoints.health(ENDPOINT)
    assert (found.parks, found.failing_since) == (8, w.clock.now)
    assert found.parked_until is not None
    assert found.parked_until > w.clock.now + 60


def test_while_the_first_asks_it_the_others_wait() -> None:
    w = World()
    first, second, _ = freed(w, PARKED)

    def send(request: object) -> Outcome:
        w.deliver(second)
        return answered(200)

    w.sender.send = send  # type: ignore[method-assign]
    w.deliver(first)
    assert (w.delivery(first).state, w.delivery(second).waits) == (State.DELIVERED, True)


@pytest.mark.parametrize("hours", [1, 20])
def test_a_parking_that_only_the_subscriber_can_have_asked_for_is_kept(hours: int) -> None:
    w = answering(answered(200))
    first, *_ = freed(w, replace(PARKED, parked_until=START + hours * 3600 + 120))
    w.deliver(first)
    assert w.sender.sent == []
    assert w.delivery(first).waits


def test_a_parking_is_kept_for_which_the_subscriber_asked_however_short_it_is() -> None:
    w = answering(answered(200))
    until = START + 120
    first, *_ = freed(w, replace(PARKED, parked_until=until, asked_until=until))
    w.deliver(first)
    assert w.sender.sent == []
    assert w.delivery(first).waits


def test_what_a_release_left_there_that_knows_no_such_time_is_no_wish() -> None:
    w = answering(answered(200))
    first, *_ = freed(w, replace(PARKED, asked_until=START + 40))
    w.deliver(first)
    assert w.delivery(first).state is State.DELIVERED


def test_a_race_for_the_endpoint_is_run_again_by_who_was_held() -> None:
    w = answering(answered(200))
    first, *_ = freed(w, PARKED)
    w.endpoints.lose_races = 1
    w.deliver(first)
    assert w.delivery(first).state is State.DELIVERED


def test_who_was_not_held_by_the_pause_does_not_ask_a_parked_endpoint() -> None:
    w = World()
    freed(w, PARKED)
    message = w.with_pending(a_subscription(), event_id="evt_other")
    w.deliver(message)
    assert w.sender.sent == []
