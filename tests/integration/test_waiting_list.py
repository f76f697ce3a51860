"""The lists of those who wait, and the wakes, as DynamoDB has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from doorbell.domain.claims import Lost, WakeCall, WakeRow, Won
from doorbell.domain.clocks import Clocks
from doorbell.domain.deliveries import Delivery, DeliveryKey, Lease, State
from doorbell.domain.health import Health
from doorbell.domain.pauses import paused, resumed
from doorbell.domain.shelves import filed, shelf_at
from doorbell.domain.wakes import Wake
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.due_index import DueIndexQuery
from doorbell.store.deliveries.shelf_index import ShelfIndex
from doorbell.store.endpoints import EndpointTable
from doorbell.store.health.wakes import WakeIndex
from tests.integration.conftest import Aws
from tests.support.builders import TENANT, a_delivery, a_subscription
from tests.support.fakes import START

SUBSCRIPTION = a_subscription()
NAME = SUBSCRIPTION.endpoint_id
SHARDS = 32
STILL = Clocks(lambda: START, lambda: START)


EVENTS, ENDPOINTS = "EventsTable", "EndpointsTable"


@pytest.fixture(autouse=True)
def tables(aws: Aws) -> None:
    assert (aws.table(EVENTS), aws.table(ENDPOINTS)) == (EVENTS, ENDPOINTS)


@pytest.fixture
def table(aws: Aws) -> DeliveryTable:
    return DeliveryTable(aws.dynamodb, EVENTS, SHARDS)


@pytest.fixture
def shelves(aws: Aws) -> ShelfIndex:
    wakes = WakeIndex(aws.dynamodb, ENDPOINTS)
    return ShelfIndex(aws.dynamodb, EVENTS, wakes.due, STILL)


def file(table: DeliveryTable, *numbers: int) -> list[DeliveryKey]:
    keys = [DeliveryKey(f"evt_{number}", SUBSCRIPTION.subscription_id) for number in numbers]
    for number, key in zip(numbers, keys, strict=True):
        table.create([a_delivery(key=key, created_at=START, next_attempt_at=START + number)])
        claim = table.claim(key, 1, Lease(f"lease {number}", START + 30), START + number)
        assert isinstance(claim, Won)
        after = filed(claim.delivery, NAME, SUBSCRIPTION.retry, START)
        assert table.record(claim.delivery, None, after)
    return keys


def test_how_long_a_pause_held_it_is_kept_and_the_next_one_goes_on_from_there(table: DeliveryTable) -> None:
    (key,) = file(table, 1)

    def step(lease: str, now: float, change: Callable[[Delivery, float], Delivery]) -> Delivery:
        claim = table.claim(key, 1, Lease(lease, now + 30), now, release=True)
        assert isinstance(claim, Won)
        after = filed(change(claim.delivery, now), NAME, SUBSCRIPTION.retry, now)
        assert table.record(claim.delivery, None, after)
        kept = table.claim(key, 1, Lease(f"{lease}, read", now + 32), now + 31, release=True)
        assert isinstance(kept, Won)
        assert table.record(kept.delivery, None, replace(kept.delivery, lease=None))
        return kept.delivery

    assert step("a", START + 100, paused).paused_at == START + 100
    over = step("b", START + 400, resumed)
    assert (over.is_paused, over.paused_seconds) == (False, 300)
    again = step("c", START + 1000, paused)
    assert (again.is_paused, again.resumed_at, again.paused_at) == (True, None, START + 700)


def test_who_is_filed_is_found_earliest_first_page_by_page(table: DeliveryTable, shelves: ShelfIndex) -> None:
    keys = file(table, *range(0, 60, 2))
    found, after = list[DeliveryKey](), None
    while True:
        page = shelves.waiting(NAME, after, START + 100, 10)
        if not page.rows:
            break
        found += [row.key for row in page.rows]
        after = page.reached
    assert found == keys
    assert [row.tenant_id for row in shelves.waiting(NAME, None, START + 0.99, 10).rows] == [TENANT]


def test_only_a_release_claims_who_waits_and_who_has_gone_is_on_no_list(
    table: DeliveryTable, shelves: ShelfIndex
) -> None:
    (key,) = file(table, 1)
    refused = table.claim(key, 1, Lease("plain", START + 90), START + 60)
    assert isinstance(refused, Lost)
    assert refused.delivery is not None
    assert refused.delivery.waits
    claim = table.claim(key, 1, Lease("release", START + 90), START + 60, release=True)
    assert isinstance(claim, Won)
    ended = claim.delivery.freed(state=State.DELIVERED, due_at=None, ended_at=START + 60)
    assert table.record(claim.delivery, None, ended)
    assert shelves.waiting(NAME, None, START + 100, 10).rows == ()


def test_the_sweeper_moves_who_waits_to_the_look_it_was_promised(table: DeliveryTable, aws: Aws) -> None:
    waits, plain = *file(table, 1), DeliveryKey("evt_9", SUBSCRIPTION.subscription_id)
    table.create([a_delivery(key=plain, created_at=START, next_attempt_at=START, due_at=START + 5)])
    index = DueIndexQuery(aws.dynamodb, EVENTS, SHARDS)
    rows = [row for shard in range(SHARDS) for row in index.due(shard, START + 49 * 3600)]
    assert {row.key for row in rows} == {waits, plain}
    assert table.postpone_all([(row, START + 50 * 3600) for row in rows]) == [True, True]
    moved = {row.key: row.due_at for shard in range(SHARDS) for row in index.due(shard, START + 1e6)}
    assert moved == {waits: START + 96 * 3600, plain: START + 50 * 3600}


def test_who_has_ended_under_the_release_before_is_passed_over(
    table: DeliveryTable, shelves: ShelfIndex, aws: Aws
) -> None:
    """That one knows no shelves: it leaves the attributes where they are."""
    ended, waits = file(table, 1, 2)
    claim = table.claim(ended, 1, Lease("x", START + 90), START + 60, release=True)
    assert isinstance(claim, Won)
    after = replace(claim.delivery, state=State.DELIVERED, due_at=None, ended_at=START + 60, lease=None)
    assert table.record(claim.delivery, None, after)
    assert [row.key for row in shelves.waiting(NAME, None, START + 100, 1).rows] == [waits]
    assert shelf_at(claim.delivery) < START + 3


def test_a_wake_is_written_with_health_found_when_it_is_due_and_goes(aws: Aws) -> None:
    endpoints = EndpointTable(aws.dynamodb, ENDPOINTS)
    wakes = WakeIndex(aws.dynamodb, ENDPOINTS)
    wake = Wake(START + 10, closing=True, cursor=START + 0.5, rest_at=START + 99, pace=50.0, ceiling=95.5)
    assert endpoints.write_health(NAME, Health(parked_until=START + 10, parks=1, wake=wake))
    assert endpoints.health(NAME, fresh=True).wake == wake
    assert list(wakes.due(START + 9)) == []
    call = WakeCall(*NAME.split("/"))
    assert list(wakes.due(START + 10)) == [WakeRow(call, START + 10, drains=True)]
    endpoints.reset(NAME)
    assert endpoints.health(NAME).wake == Wake(0, pace=50.0, ceiling=95.5)
    assert endpoints.write_health(NAME, endpoints.health(NAME).with_wake(None))
    assert list(wakes.due(START + 1e6)) == []


def test_a_list_is_ready_where_both_indexes_are_and_not_where_one_is_missing(
    shelves: ShelfIndex, aws: Aws
) -> None:
    assert shelves.ready()
    told = list[str]()
    without = ShelfIndex(aws.dynamodb, ENDPOINTS, lambda until: (), STILL, told.append)
    assert not without.ready()
    assert len(told) == 1
    no_wakes = WakeIndex(aws.dynamodb, EVENTS)
    assert not ShelfIndex(aws.dynamodb, EVENTS, no_wakes.due, STILL).ready()
