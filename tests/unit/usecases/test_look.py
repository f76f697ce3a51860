"""The wake of those who wait: looks, probes, slices, the end of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import State
from doorbell.domain.health import Health, hash_of
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.wakes import CLOSING_SECONDS, LOOK_SECONDS, TICK_SECONDS, Wake
from tests.support.builders import TENANT, a_subscription
from tests.support.fakes import START, answered, failed
from tests.unit.usecases.world import GRACE, World, answering

CALL = WakeCall(TENANT, "sub_1")


def filed(
    w: World, count: int, *, parked_for: float = 30.0, limits: Subscription | None = None
) -> list[DeliveryMessage]:
    """So many that wait for a parked endpoint."""
    subscription = limits or a_subscription()
    w.endpoints.states[subscription.endpoint_id] = Health(
        failures=5,
        parked_until=w.clock() + parked_for,
        parks=9,
        url_hash=hash_of(subscription.url),
        version=1,
    )
    messages = [w.with_pending(subscription, event_id=f"evt_{n}") for n in range(count)]
    for message in messages:
        w.deliver(message)
    assert all(w.delivery(message).waits for message in messages)
    w.queue.sent.clear()
    w.queue.woken.clear()
    return messages


def wake_of(w: World) -> Wake | None:
    return w.health(a_subscription()).wake


def recover(w: World) -> None:
    """As a probe's success leaves it."""
    name = a_subscription().endpoint_id
    seen = w.endpoints.health(name)
    assert seen.wake is not None
    w.endpoints.write_health(name, Health(version=seen.version, wake=replace(seen.wake, at=w.clock())))


def test_who_is_filed_keeps_its_plan_and_has_a_wake_at_the_end_of_the_parking() -> None:
    w = World()
    (message,) = filed(w, 1)
    assert w.delivery(message).next_attempt_at == START
    assert wake_of(w) == Wake(START + 30)


def test_the_wake_of_a_long_parking_is_due_in_five_minutes() -> None:
    w = World()
    filed(w, 1, parked_for=7200)
    assert wake_of(w) == Wake(START + LOOK_SECONDS)
    w.clock.advance(LOOK_SECONDS)
    w.look(CALL)
    assert wake_of(w) == Wake(START + 2 * LOOK_SECONDS)
    assert w.queue.sent == []


def test_who_is_filed_opens_a_wake_that_closes() -> None:
    w = World()
    name = a_subscription().endpoint_id
    closing = Wake(START + 9000, closing=True)
    w.endpoints.states[name] = Health(failures=5, parked_until=START + 30, parks=9, version=1, wake=closing)
    message = w.with_pending(a_subscription())
    w.deliver(message)
    assert wake_of(w) == Wake(START + 30)


def test_a_message_that_finds_a_delivery_on_its_list_sees_to_the_wake_and_makes_no_attempt() -> None:
    """Its worker may have died between filing it and looking at the wake."""
    w = World()
    (message,) = filed(w, 1)
    name = a_subscription().endpoint_id
    w.endpoints.states[name] = w.endpoints.health(name).with_wake(None)
    w.clock.advance(31)
    w.deliver(message, redelivered=True)
    assert wake_of(w) is not None
    assert w.sender.sent == []


def test_who_was_filed_for_an_endpoint_that_is_well_by_now_releases_itself() -> None:
    w = World()
    (message,) = filed(w, 1)
    recover(w)
    w.deliver(message)
    assert w.queue.sent == [(replace(message, release=True), 2)]


def test_one_probe_goes_to_an_endpoint_whose_parking_is_over_the_one_that_waits_longest() -> None:
    w = World(sender=answering(answered(503)).sender)
    messages = filed(w, 3)
    w.clock.advance(30)
    w.look(CALL)
    ((probe, delay),) = w.queue.sent
    first = min(messages, key=lambda one: one.key.spread)
    assert (probe, delay) == (replace(first, release=True), 0)
    assert wake_of(w) == Wake(w.clock() + 31)
    w.look(CALL)
    assert len(w.queue.sent) == 1, "the wake is not due"


def test_of_two_that_look_at_once_one_goes_on() -> None:
    w = World()
    filed(w, 3)
    w.clock.advance(30)
    w.endpoints.lose_races = 1
    w.look(CALL)
    assert w.queue.sent == []


def test_a_success_wakes_the_list_at_once_and_all_are_delivered() -> None:
    w = World()
    messages = filed(w, 20)
    w.clock.advance(30)
    w.look(CALL)
    w.deliver(w.queue.sent.pop()[0])
    assert w.queue.woken == [(CALL, 0)]
    w.look(CALL)
    assert {message.release for message, _ in w.queue.sent} == {True}
    assert max(delay for _, delay in w.queue.sent) < TICK_SECONDS
    for message, _ in w.queue.sent:
        w.deliver(message)
    assert {w.delivery(message).state for message in messages} == {State.DELIVERED}


@pytest.mark.parametrize(
    ("limits", "slice_size"),
    [({}, 500), ({"rate_limit_per_second": 2}, 20), ({"max_in_flight": 3}, 30)],
)
def test_the_first_slice_is_fifty_a_second_or_what_the_endpoints_own_limits_admit(
    limits: dict[str, int], slice_size: int
) -> None:
    w = World()
    filed(w, 600, limits=a_subscription(**limits))  # type: ignore[arg-type]
    recover(w)
    w.clock.advance(30)
    w.look(CALL)
    assert len(w.queue.sent) == slice_size


def test_whoever_begins_to_send_a_list_out_calls_for_the_looks_until_the_sweeper_does() -> None:
    w = World()
    filed(w, 3000)
    recover(w)
    calls = []
    for _ in range(3):
        w.look(CALL)
        calls.append([delay for call, delay in w.queue.woken if call == CALL])
        for message, _ in w.queue.sent:
            w.deliver(message)
        w.queue.sent.clear()
        w.queue.woken.clear()
        w.clock.advance(TICK_SECONDS)
    assert calls == [[10, 20, 30, 40, 50, 60], [], []]


def test_slices_double_while_what_was_sent_leaves_the_list() -> None:
    w = World()
    filed(w, 3000)
    recover(w)
    sizes = []
    for _ in range(3):
        w.look(CALL)
        sizes.append(len(w.queue.sent))
        for message, _ in w.queue.sent:
            w.deliver(message)
        w.queue.sent.clear()
        w.clock.advance(TICK_SECONDS)
    assert sizes == [500, 1000, 1500]


def test_what_does_not_leave_the_list_is_not_followed_by_more_and_is_sent_again_a_grace_later() -> None:
    w = World()
    filed(w, 700)
    recover(w)
    w.look(CALL)
    w.queue.sent.clear()
    while w.clock() < START + GRACE:
        w.clock.advance(TICK_SECONDS)
        w.look(CALL)
    assert w.queue.sent == []
    w.clock.advance(TICK_SECONDS)
    w.look(CALL)
    assert len(w.queue.sent) == 500


def test_a_list_is_closed_in_two_steps_and_a_wait() -> None:
    w = World()
    (message,) = filed(w, 1)
    recover(w)
    w.deliver(replace(message, release=True))
    w.look(CALL)
    assert wake_of(w) == Wake(w.clock() + CLOSING_SECONDS, closing=True)
    w.clock.advance(CLOSING_SECONDS)
    w.look(CALL)
    assert wake_of(w) is None


@pytest.mark.parametrize("change", [{"enabled": False}, {"url": "https://b.example/hook"}])
def test_whoever_changes_the_subscription_by_hand_sets_its_list_free(change: dict[str, object]) -> None:
    w = World()
    messages = filed(w, 3, parked_for=7200)
    w.subscriptions.put(replace(a_subscription(), **change))  # type: ignore[arg-type]
    w.clock.advance(LOOK_SECONDS)
    w.look(CALL)
    for message, _ in w.queue.sent:
        w.deliver(message)
    ended = {w.delivery(message).state for message in messages}
    assert ended == ({State.CANCELLED} if "enabled" in change else {State.DELIVERED})


def test_reset_makes_the_wake_due_at_once() -> None:
    w = World()
    filed(w, 2, parked_for=7200)
    w.endpoints.reset(a_subscription().endpoint_id)
    w.look(CALL)
    assert len(w.queue.sent) == 2


def test_a_parking_in_the_midst_of_a_slice_halves_the_pace_and_begins_again_at_the_lists_beginning() -> None:
    w = World()
    messages = filed(w, 600)
    recover(w)
    w.look(CALL)
    w.sender.outcomes = [failed("timeout")]
    for message, _ in w.queue.sent:
        w.deliver(message)
    wake = wake_of(w)
    assert wake is not None
    assert (wake.pace, wake.cursor, wake.at) == (25.0, None, w.clock() + 30)
    assert sum(w.delivery(message).waits for message in messages) == 600
    assert len(w.sender.sent) == 1


def test_only_a_release_claims_who_waits_until_its_last_chance() -> None:
    w = World()
    (message,) = filed(w, 1, parked_for=86_400 * 6)
    due_at = w.delivery(message).due_at
    assert due_at == START + 48 * 3600
    w.clock.advance(118 * 3600)
    w.deliver(message)
    assert w.delivery(message).due_at == due_at, "not claimed, so not filed again"
    w.clock.advance(1.5 * 3600)
    w.deliver(message)
    assert w.delivery(message).due_at == START + 120 * 3600 + 2
    w.clock.advance(0.5 * 3600 + 2)
    w.deliver(message)
    assert (w.delivery(message).state, w.delivery(message).reason) == (State.EXHAUSTED, "age")


def test_lists_that_are_given_up_are_sent_out_and_who_must_wait_is_held_as_the_release_before_does_it() -> (
    None
):
    w = World()
    messages = filed(w, 3, parked_for=7200)
    w.shelves.is_ready = False
    w.clock.advance(LOOK_SECONDS)
    w.look(CALL)
    for message, _ in list(w.queue.sent):
        w.deliver(message)
    held = [w.delivery(message) for message in messages]
    assert not any(delivery.waits for delivery in held)
    assert all(START + 7200 <= delivery.next_attempt_at < START + 7201 for delivery in held)
    assert w.sender.sent == []
