"""A rate limit, places in flight and the end of an outage, all at one endpoint, in virtual time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from greenlet import getcurrent, greenlet

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import STEP_SLACK_SECONDS, State
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.usecases.admission import SLOT_LAPSES_SECONDS
from tests.support import fakes
from tests.support.builders import a_subscription
from tests.support.fakes import START, answered
from tests.unit.usecases.world import World

OUTAGE_SECONDS = 600.0
ANSWERS_AFTER = 1.5
BACKLOG, LATER = 60, 40


class Workers(fakes.FakeSender):
    """As many as there is work for. Each stays in its send for `ANSWERS_AFTER`, and others go on meanwhile.
    `begun`: when each send began that the endpoint was up for; `most`: how many were under way at once."""

    def __init__(self, clock: fakes.FakeClock) -> None:
        super().__init__()
        self.clock, self.begun, self.under_way, self.most, self.called = clock, list[float](), 0, 0, 0
        self._agenda: list[tuple[float, int, Callable[[], Any]]] = []
        self._numbers, self._hub = count(), getcurrent()
        self.at_recovery: Callable[[], None] = lambda: None

    def at(self, when: float, does: Callable[[], Any]) -> None:
        heapq.heappush(self._agenda, (when, next(self._numbers), does))

    def run(self, until: Callable[[], bool], last: float) -> None:
        while not until():
            when, _, does = heapq.heappop(self._agenda)
            assert when < last, "it does not end"
            self.clock.now = max(self.clock.now, when)
            greenlet(does).switch()

    def send(self, request: OutboundRequest) -> Outcome:
        is_up = self.clock() >= START + OUTAGE_SECONDS
        if is_up and not self.begun:
            self.at_recovery()
        if is_up:
            self.begun.append(self.clock())
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.at(self.clock() + ANSWERS_AFTER, getcurrent().switch)
        self._hub.switch()
        self.under_way -= 1
        return answered(204 if is_up else 503)


def outage(**limits: Any) -> tuple[World, Workers]:
    """A backlog that waited for the endpoint, and events that come while its list is sent out."""
    w = World()
    w.sender = workers = Workers(w.clock)
    subscription = a_subscription(**limits)
    call = WakeCall(subscription.tenant_id, subscription.subscription_id)
    messages = list[DeliveryMessage]()

    def deliver(message: DeliveryMessage) -> None:
        workers.called += 1
        w.deliver(message)
        dispatch()

    def dispatch() -> None:
        for message, delay in w.queue.sent:
            workers.at(w.clock() + delay, lambda message=message: deliver(message))  # type: ignore[misc]
        w.queue.sent.clear()

    def ring() -> None:
        message = w.with_pending(subscription, event_id=f"evt_{len(messages)}")
        messages.append(message)
        deliver(message)

    def tick() -> None:
        w.look(call)
        dispatch()
        workers.at(w.clock() + 1, tick)

    for number in range(BACKLOG):
        workers.at(START + number / 10, ring)
    workers.at(START, tick)

    def while_it_is_sent_out() -> None:
        for number in range(LATER):
            workers.at(w.clock() + number / 4, ring)

    workers.at_recovery = while_it_is_sent_out

    def done() -> bool:
        deliveries = [w.delivery(message) for message in messages]
        return len(messages) == BACKLOG + LATER and all(one.state.terminal for one in deliveries)

    workers.run(done, last=START + OUTAGE_SECONDS + 3600)
    return w, workers


LIMITS = {
    "the rate is what is scarce": {"rate_limit_per_second": 1.0, "max_in_flight": 4},
    "places are what is scarce": {"rate_limit_per_second": 20.0, "max_in_flight": 2},
    "both are": {"rate_limit_per_second": 2.0, "max_in_flight": 3},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_an_outage_that_ends_keeps_to_both_limits_and_everything_is_delivered(limits: dict[str, Any]) -> None:
    w, workers = outage(**limits)
    rate = limits["rate_limit_per_second"]
    assert set(w.states()) == {State.DELIVERED}
    assert workers.most <= limits["max_in_flight"]
    slack = STEP_SLACK_SECONDS + SLOT_LAPSES_SECONDS
    for first, begun in enumerate(workers.begun):
        for number, at in enumerate(workers.begun[first:], 1):
            assert number <= int(rate) + rate * (at - begun + slack)


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_what_an_outage_held_up_is_not_called_more_often_than_it_has_to_be(limits: dict[str, Any]) -> None:
    """By the message that brought it, that of its release, and one or two for each limit that it had to wait
    for; and it goes about as fast as both let it."""
    _, workers = outage(**limits)
    rate, places = limits["rate_limit_per_second"], limits["max_in_flight"]
    assert workers.called <= 5 * (BACKLOG + LATER)
    fastest = (BACKLOG + LATER) / min(rate, places / ANSWERS_AFTER)
    assert workers.begun[-1] - workers.begun[0] <= 2 * fastest
