"""Filters that take long: routing is recorded piece by piece, so that the event gets on whenever it comes."""

from __future__ import annotations

import pytest

from doorbell.domain.records import Incoming
from doorbell.usecases.route import TURN_SECONDS
from tests.support import fakes
from tests.support.builders import a_subscription, an_incoming
from tests.support.fakes import Crash, FakeClock
from tests.unit.usecases.world import World

EACH_SECONDS = 1.0
IDS = [f"s{number:02}" for number in range(20)]


class SlowFilters(fakes.FakeFilters):
    """Each takes `EACH_SECONDS`. At `end` the function's time is up, as when Lambda stops it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock, self.end = clock, float("inf")

    def passes(self, expression: str, event: Incoming, body: bytes) -> bool:
        self.clock.advance(EACH_SECONDS)
        if self.clock() > self.end:
            raise Crash
        return super().passes(expression, event, body)


class Ticking(FakeClock):
    """Later by a second each time somebody looks."""

    def __call__(self) -> float:
        self.advance(1)
        return self.now


def slow_world(filter: str | None = "true") -> tuple[World, SlowFilters]:
    subscriptions = fakes.FakeSubscriptions(*(a_subscription(one, filter=filter) for one in IDS))
    world, clock = World(subscriptions=subscriptions), fakes.FakeClock()
    world.clock, world.filters = clock, SlowFilters(clock)
    return world, world.filters


def sent_to(world: World) -> list[str]:
    return [message.key.subscription_id for message, _ in world.queue.sent]


def test_a_page_ends_when_its_filters_have_taken_long_and_the_next_goes_on_there() -> None:
    world, filters = slow_world()
    world.fan_out(an_incoming())
    pages = [world.events.items["evt_1"].routing, *(page for _, page in sorted(world.events.pages.items()))]
    assert [match.subscription_id for page in pages for match in page.matches] == IDS
    assert max(len(page.matches) for page in pages) <= TURN_SECONDS / EACH_SECONDS
    assert sent_to(world) == IDS
    assert len(filters.bodies) == len(IDS)


def test_guarantee_1_an_event_of_slow_filters_gets_on_each_time_it_comes() -> None:
    world, filters = slow_world()
    for _ in range(5):
        filters.end = world.clock() + 10
        try:
            world.fan_out(an_incoming())
        except Crash:
            continue
        break
    else:
        pytest.fail("it never came to its end")
    assert {key.subscription_id for key in world.deliveries.items} == set(IDS)
    assert sorted(set(sent_to(world))) == IDS


def test_where_nobody_filters_the_clock_ends_no_page() -> None:
    world, _ = slow_world(filter=None)
    world.clock = Ticking()
    world.fan_out(an_incoming())
    assert world.events.items["evt_1"].routing.after is None
