"""A rate limit that is changed by hand: what was promised at the old rate lapses, and goes at the new one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import State
from doorbell.domain.retry import RetryPolicy
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.holds import SLOT_LOOK_SECONDS
from tests.support.builders import a_subscription
from tests.support.fakes import START
from tests.unit.usecases.world import World

WEEK = RetryPolicy(max_age_hours=24 * 7)


def limited(per_second: float | None) -> Subscription:
    return a_subscription(rate_limit_per_second=per_second, retry=WEEK)


def waiting(w: World, per_second: float, count: int) -> list[DeliveryMessage]:
    messages = [w.with_pending(limited(per_second), event_id=f"evt_{n:03}") for n in range(count)]
    for message in messages:
        w.deliver(message)
    return messages


def run(w: World, messages: list[DeliveryMessage], until: float = float("inf")) -> list[float]:
    """Each comes when it is planned, whoever calls for it. When which were sent, from the start."""
    sent = len(w.sender.sent)
    times = []
    while pending := [m for m in messages if not w.delivery(m).state.terminal]:
        message = min(pending, key=lambda one: w.delivery(one).next_attempt_at)
        at = w.delivery(message).next_attempt_at
        if at > until:
            break
        w.clock.advance(max(0.0, at - w.clock()))
        w.deliver(message)
        times += [w.clock() - START] * (len(w.sender.sent) - sent)
        sent = len(w.sender.sent)
    return times


def test_what_waits_goes_at_the_new_rate_a_quarter_of_an_hour_after_it_was_raised() -> None:
    w = World()
    messages = waiting(w, 0.01, 200)
    run(w, messages, START + 2000)
    w.subscriptions.put(limited(10))
    late = run(w, messages)
    assert {w.delivery(message).state for message in messages} == {State.DELIVERED}
    assert max(late) - 2000 <= SLOT_LOOK_SECONDS + 200 / 10
    seconds = [later - one for one, later in zip(late, late[20:], strict=False)]
    assert min(seconds) >= 0.999, "ten a second, and a burst of ten"


@pytest.mark.parametrize(("per_second", "wait"), [(0.01, 100), (0.0005, 2000)], ids=["near", "far"])
def test_who_stands_in_line_for_a_place_keeps_its_turn_while_it_waits_at_a_new_rate(
    per_second: float, wait: float
) -> None:
    w = World()
    quick = replace(limited(10), max_in_flight=1)
    w.endpoints.places[quick.endpoint_id] = {"other": START + 30}
    message = w.with_pending(quick)
    w.deliver(message)
    turn = w.delivery(message).turn_at
    assert turn is not None
    slow = replace(quick, rate_limit_per_second=per_second)
    w.deliver(w.with_pending(slow, event_id="evt_before"))
    w.clock.advance(turn - START)
    w.deliver(message)
    held = w.delivery(message)
    assert held.slot_at == pytest.approx(START + wait, abs=2)
    assert held.turn_at == turn


def test_what_comes_new_goes_at_the_new_rate_at_once() -> None:
    w = World()
    waiting(w, 0.01, 200)
    w.clock.advance(60)
    w.subscriptions.put(limited(10))
    w.deliver(w.with_pending(limited(10), event_id="evt_new"))
    assert len(w.sender.sent) == 2


def test_what_waits_keeps_to_the_new_rate_when_it_was_lowered() -> None:
    w = World()
    messages = waiting(w, 10, 100)
    w.subscriptions.put(limited(0.1))
    times = run(w, messages)
    assert {w.delivery(message).state for message in messages} == {State.DELIVERED}
    assert min(later - one for one, later in pairwise(times)) >= 10 - 0.001


def test_a_slot_of_an_old_rate_has_lapsed_and_so_has_one_whose_limit_is_gone() -> None:
    w = World()
    _, second, third = waiting(w, 0.1, 3)
    assert (w.delivery(second).slot_at, w.delivery(second).slot_rate) == (START + 10, 0.1)
    w.subscriptions.put(limited(0.01))
    for message in (second, third):
        w.clock.advance(10)
        w.deliver(message)
    assert (w.delivery(third).slot_at, w.delivery(third).slot_rate) == (START + 110, 0.01)
    w.subscriptions.put(limited(None))
    w.clock.advance(90)
    w.deliver(third)
    assert w.delivery(third).state is State.DELIVERED
    assert w.delivery(third).slot_rate is None


def test_who_looks_in_between_pays_for_no_second_slot_and_goes_at_its_own() -> None:
    w = World()
    messages = waiting(w, 0.0005, 3)
    tat = w.endpoints.tats[limited(None).endpoint_id]
    assert run(w, messages) == pytest.approx([2000, 4000])
    assert w.endpoints.tats[limited(None).endpoint_id] == tat
    assert w.metrics.counts["Held"] == 2 + 2 + 4, "a look every quarter of an hour"


def test_who_looks_in_between_is_called_by_the_sweeper_lest_its_calls_make_a_chain() -> None:
    w = World()
    messages = waiting(w, 0.0005, 3)
    assert w.queue.sent == []
    w.clock.advance(SLOT_LOOK_SECONDS)
    w.deliver(messages[1])
    assert w.queue.sent == []
    w.clock.advance(SLOT_LOOK_SECONDS)
    w.deliver(messages[1])
    assert w.queue.sent == [(messages[1], 200)], "the last of the way is exact"


def test_a_place_that_the_release_before_gave_is_good_still() -> None:
    w = World()
    (_, message) = waiting(w, 0.1, 2)
    w.deliveries.items[message.key] = replace(w.delivery(message), slot_rate=None)
    tat = w.endpoints.tats[limited(None).endpoint_id]
    w.clock.advance(10)
    w.deliver(message)
    assert w.delivery(message).state is State.DELIVERED
    assert w.endpoints.tats[limited(None).endpoint_id] == tat
