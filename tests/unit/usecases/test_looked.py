"""Who is filed sees that the endpoint's wake is open: one look serves all of a second."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.health import Health
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.wakes import Wake
from doorbell.usecases.waiting import LOOKED_AT_MOST, LOOKED_SECONDS, Looked, Waiting
from tests.support import fakes
from tests.support.builders import a_delivery, a_subscription
from tests.support.clocks import both
from tests.support.fakes import START

PARKED = Health(failures=9, parked_until=START + 60, parks=1, wake=Wake(START + 60))


class Read(fakes.FakeEndpoints):
    """Notes which endpoints were read strongly."""

    def __init__(self) -> None:
        super().__init__()
        self.read = list[str]()

    def health(self, endpoint_id: str, *, fresh: bool = False) -> Health:
        self.read += [endpoint_id] if fresh else []
        return super().health(endpoint_id, fresh=fresh)


class Filing:
    """One environment, and an endpoint that is `health`."""

    def __init__(self, health: Health = PARKED) -> None:
        self.clock, self.endpoints = fakes.FakeClock(), Read()
        self.queue = fakes.FakeDeliveriesQueue()
        shelves = fakes.FakeShelves(fakes.FakeDeliveries())
        self.waiting = Waiting(self.endpoints, shelves, self.queue, self.clock, Looked(both(self.clock)))
        self.set(health)

    def set(self, health: Health, name: str = "sub_1") -> None:
        there = self.endpoints.health(a_subscription(name).endpoint_id)
        self.endpoints.write_health(a_subscription(name).endpoint_id, replace(health, version=there.version))

    def file(self, subscription: Subscription | None = None) -> int:
        """How many reads that took."""
        before = len(self.endpoints.read)
        self.waiting.settle(a_delivery(), subscription or a_subscription())
        return len(self.endpoints.read) - before


def test_a_thousand_that_are_filed_in_a_second_read_the_endpoint_once() -> None:
    filing = Filing()
    assert sum(filing.file() for _ in range(1000)) == 1


def test_after_a_second_it_is_looked_at_again() -> None:
    filing = Filing()
    filing.file()
    filing.clock.advance(LOOKED_SECONDS)
    assert filing.file() == 1


def test_the_first_finds_no_wake_and_opens_it_and_the_next_need_not_look() -> None:
    filing = Filing(replace(PARKED, wake=None))
    assert [filing.file(), filing.file()] == [1, 0]
    assert filing.endpoints.health(a_subscription().endpoint_id).wake is not None


@pytest.mark.parametrize("health", [Health(), replace(PARKED, parked_until=START)])
def test_where_somebody_may_go_each_looks_and_is_released_or_probes(health: Health) -> None:
    filing = Filing(replace(health, wake=Wake(START + 60)))
    assert [filing.file(), filing.file()] == [1, 1]


def test_a_look_ends_with_the_parking_that_it_saw() -> None:
    filing = Filing(replace(PARKED, parked_until=START + LOOKED_SECONDS / 2))
    filing.file()
    filing.clock.advance(LOOKED_SECONDS / 2)
    assert filing.file() == 1


def test_who_is_paused_is_looked_at_once_in_a_second_and_anew_when_it_is_resumed() -> None:
    filing = Filing(Health(wake=Wake(START + 60)))
    paused = a_subscription(paused=True)
    assert [filing.file(paused), filing.file(paused), filing.file()] == [1, 0, 1]


def test_a_look_serves_no_other_endpoint_tenant_or_url() -> None:
    filing = Filing()
    filing.file()
    others = [
        a_subscription("sub_2"),
        a_subscription(url="https://example.com/moved"),
        a_subscription(tenant_id="other"),
    ]
    assert [filing.file(other) for other in others] == [1, 1, 1]


def test_it_keeps_no_more_than_a_thousand() -> None:
    filing = Filing()
    for number in range(LOOKED_AT_MOST + 1):
        filing.set(PARKED, f"sub_{number}")
        filing.file(a_subscription(f"sub_{number}"))
    assert len(filing.waiting.looked._known) <= LOOKED_AT_MOST
