"""Routing that takes long: it is recorded piece by piece, so that the event gets on whenever it comes."""

from __future__ import annotations

import pytest

from doorbell.domain.events import BodyAt
from doorbell.domain.matching import NotQuick
from doorbell.domain.records import Incoming, RoutingPage
from doorbell.usecases.route import QUICK_SECONDS, TURN_SECONDS, Route
from tests.support import fakes
from tests.support.builders import a_subscription, an_incoming
from tests.support.fakes import Crash, FakeClock
from tests.unit.usecases.world import World

EACH_SECONDS = TURN_SECONDS / 4
IDS = [f"s{number:02}" for number in range(20)]


class SlowFilters(fakes.FakeFilters):
    """Each takes `seconds`. At `end` the function's time is up, as when Lambda stops it."""

    def __init__(self, clock: FakeClock, seconds: float = EACH_SECONDS) -> None:
        super().__init__()
        self.clock, self.seconds, self.end = clock, seconds, float("inf")

    def passes(self, expression: str, event: Incoming, body: bytes, *, quick: bool = False) -> bool:
        if quick and self.seconds > QUICK_SECONDS:
            raise NotQuick
        self.clock.advance(self.seconds)
        if self.clock() > self.end:
            raise Crash
        return super().passes(expression, event, body)


class Ticking(FakeClock):
    """Later by as much each time somebody looks."""

    def __call__(self) -> float:
        self.advance(TURN_SECONDS / 7)
        return self.now


def slow_world(filter: str | None = "true", seconds: float = EACH_SECONDS) -> tuple[World, SlowFilters]:
    subscriptions = fakes.FakeSubscriptions(*(a_subscription(one, filter=filter) for one in IDS))
    world, clock = World(subscriptions=subscriptions), fakes.FakeClock()
    world.clock, world.filters = clock, SlowFilters(clock, seconds)
    return world, world.filters


def pages(world: World) -> list[RoutingPage]:
    return [world.events.items["evt_1"].routing, *(page for _, page in sorted(world.events.pages.items()))]


def sent_to(world: World) -> list[str]:
    return [message.key.subscription_id for message, _ in world.queue.sent]


def test_a_page_ends_when_its_filters_have_taken_long_and_the_next_goes_on_there() -> None:
    world, filters = slow_world()
    world.fan_out(an_incoming())
    assert [match.subscription_id for page in pages(world) for match in page.matches] == IDS
    assert {len(page.matches) for page in pages(world)} == {TURN_SECONDS / EACH_SECONDS}
    assert sent_to(world) == IDS
    assert len(filters.bodies) == len(IDS)


def test_guarantee_1_an_event_of_slow_filters_gets_on_each_time_it_comes() -> None:
    world, filters = slow_world()
    for _ in range(3):
        filters.end = world.clock() + 2.5 * TURN_SECONDS
        try:
            world.fan_out(an_incoming())
        except Crash:
            continue
        break
    else:
        pytest.fail("it never came to its end")
    assert {key.subscription_id for key in world.deliveries.items} == set(IDS)
    assert sorted(set(sent_to(world))) == IDS


def test_a_page_ends_by_the_clock_where_nobody_filters_too() -> None:
    world, _ = slow_world(filter=None)
    world.clock = Ticking()
    world.fan_out(an_incoming())
    assert max(len(page.matches) for page in pages(world)) < len(IDS) / 2
    assert [match.subscription_id for page in pages(world) for match in page.matches] == IDS
    assert sent_to(world) == IDS


def test_an_event_that_comes_again_goes_on_at_its_newest_page_without_reading_all_of_them() -> None:
    world, filters = slow_world(seconds=TURN_SECONDS)
    filters.end = world.clock() + 18.5 * TURN_SECONDS
    with pytest.raises(Crash):
        world.fan_out(an_incoming())
    assert len(world.events.pages) == 17
    world.queue.sent.clear()
    filters.bodies.clear()
    filters.end = float("inf")
    world.events.page_reads = 0
    world.fan_out(an_incoming())
    assert len(filters.bodies) == 2, "what is routed is not routed again"
    assert sent_to(world) == IDS[17:], "what is vouched for is not served again"
    assert world.events.page_reads <= 10


def test_the_subscriptions_and_the_body_are_read_once_for_all_turns_of_an_event() -> None:
    world, _ = slow_world()
    reads = {"pages": 0, "bodies": 0}
    page, get = world.subscriptions.page, world.bodies.get

    def counted_page(tenant_id: str, after: str | None) -> object:
        reads["pages"] += 1
        return page(tenant_id, after)

    def counted_get(key: str) -> bytes:
        reads["bodies"] += 1
        return get(key)

    world.subscriptions.page = counted_page  # type: ignore[method-assign, assignment]
    world.bodies.get = counted_get  # type: ignore[method-assign]
    world.bodies.objects["acme/big"] = b"big"
    world.fan_out(an_incoming(body=BodyAt(size=3, key="acme/big")))
    assert len(pages(world)) == 5
    assert reads == {"pages": 2, "bodies": 1}, "one more to see whether it is quick: that page is cached"


def test_a_body_that_is_gone_is_an_error_of_each_filter_and_of_nobody_else() -> None:
    world, _ = slow_world(seconds=0)
    world.subscriptions.put(a_subscription("s05", filter=None))
    world.fan_out(an_incoming(body=BodyAt(size=3, key="acme/gone")))
    (page,) = pages(world)
    told = {match.detail for match in page.matches if match.subscription_id != "s05"}
    assert told == {"the body is no longer kept"}
    assert sent_to(world) == ["s05"]
    assert world.metrics.counts["FilterErrors"] == len(IDS) - 1


def test_a_quick_look_whose_time_is_up_before_its_end_is_no_answer() -> None:
    """Else whoever comes behind would never be asked."""
    world, _ = slow_world(seconds=QUICK_SECONDS / 4)
    route = Route(world.subscriptions, world.bodies, world.filters, world.clock, world.metrics)
    assert route.quickly(an_incoming()) is None
    few = fakes.FakeSubscriptions(*(a_subscription(one, filter="true") for one in IDS[:3]))
    found = Route(few, world.bodies, world.filters, world.clock, world.metrics).quickly(an_incoming())
    assert found is not None
    assert list(found.matched) == IDS[:3]
