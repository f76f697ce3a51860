"""A batch's claims and outcomes in one call: each keeps its own condition, and what fails goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from doorbell.domain.claims import Lost, Won
from doorbell.domain.deliveries import Attempt, Delivery, Lease, State
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.deliveries_together import DeliveriesTogether
from doorbell.store.dynamodb import gathered
from doorbell.store.dynamodb.gathered import Gathered
from tests.integration.conftest import Aws
from tests.integration.test_batched_writes import Counting
from tests.support.builders import a_delivery
from tests.support.fakes import START

MEMBERS = 10
ONE_CALL = ["batch_execute_statement"]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody goes because of the time, on however slow a machine."""
    monkeypatch.setattr(gathered, "LINGER_SECONDS", 60.0)


@pytest.fixture
def table(aws: Aws) -> DeliveryTable:
    return DeliveryTable(aws.dynamodb, aws.table("EventsTable"), 32)


def counted(
    table: DeliveryTable,
    refuse: dict[int, Any] | None = None,
    on_failure: Callable[[str], None] = pytest.fail,
) -> tuple[DeliveriesTogether, list[str]]:
    client = Counting(table.client, refuse)
    alone = replace(table, client=client)
    return DeliveriesTogether(alone, Gathered(client, MEMBERS), on_failure), client.calls


def of_each[T](work: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(MEMBERS) as pool:
        return list(pool.map(work, range(MEMBERS)))


def new(number: int) -> Delivery:
    return a_delivery(f"sub_{number:02d}")


def lease(number: int) -> Lease:
    return Lease(f"lease-{number}", START + 30)


def attempt(number: int) -> Attempt:
    return Attempt(1, START + 0.5, 120 + number, 200, None, "", "")


def delivered(delivery: Delivery) -> Delivery:
    return replace(delivery, lease=None, state=State.DELIVERED, due_at=None, ended_at=START + 1)


def claim_each(together: DeliveriesTogether) -> list[Won | Lost]:
    return of_each(lambda n: together.claim(new(n).key, 1, lease(n), START))


def test_a_batch_claims_in_one_call_and_records_in_one(table: DeliveryTable) -> None:
    table.create([new(n) for n in range(MEMBERS)])
    together, calls = counted(table)
    won = claim_each(together)
    assert won == [Won(replace(new(n), lease=lease(n))) for n in range(MEMBERS)]
    assert calls == ONE_CALL
    mine = [one.delivery for one in won if isinstance(one, Won)]
    assert of_each(lambda n: together.record(mine[n], attempt(n), delivered(mine[n]))) == [True] * MEMBERS
    assert calls == ONE_CALL * 2
    for n in range(MEMBERS):
        there = table.claim(new(n).key, 2, lease(99), START)
        assert isinstance(there, Lost)
        assert there.delivery is not None
        assert (there.delivery.state, there.delivery.attempts) == (State.DELIVERED, (attempt(n),))


def test_guarantee_3_a_claim_that_is_lost_takes_no_other_with_it_and_tells_what_is_there(
    table: DeliveryTable,
) -> None:
    table.create([new(n) for n in range(MEMBERS)])
    taken = table.claim(new(4).key, 1, Lease("another's", START + 60), START)
    assert isinstance(taken, Won)
    together, calls = counted(table)
    claims = claim_each(together)
    assert [n for n, claim in enumerate(claims) if isinstance(claim, Lost)] == [4]
    assert claims[4] == Lost(taken.delivery)
    assert calls == ONE_CALL, "the call itself tells what is there"


@pytest.mark.parametrize(
    ("refusal", "told"),
    [(ReadTimeoutError(endpoint_url="dynamodb"), 1), ({"Error": {"Code": "ThrottlingError"}}, MEMBERS)],
    ids=["the call fails, which is one failure", "each statement fails"],
)
def test_guarantee_2_what_the_call_did_not_do_is_done_one_by_one(
    table: DeliveryTable, refusal: Any, told: int
) -> None:
    table.create([new(n) for n in range(MEMBERS)])
    causes = list[str]()
    together, calls = counted(table, {1: refusal, 2: refusal}, causes.append)
    mine = [one.delivery for one in claim_each(together) if isinstance(one, Won)]
    assert len(mine) == MEMBERS
    assert of_each(lambda n: together.record(mine[n], attempt(n), delivered(mine[n]))) == [True] * MEMBERS
    assert calls.count("batch_execute_statement") == 2
    assert calls.count("update_item") == 2 * MEMBERS
    assert len(causes) == 2 * told
    assert set(causes) <= {"ReadTimeoutError", "ThrottlingError"}


def test_guarantee_2_claims_whose_answer_was_lost_are_known_as_ones_own(table: DeliveryTable) -> None:
    """The call took effect, and then failed."""
    table.create([new(n) for n in range(MEMBERS)])
    for n in range(MEMBERS):
        table.claim(new(n).key, 1, lease(n), START)
    together, _ = counted(table, {1: ReadTimeoutError(endpoint_url="dynamodb")}, lambda cause: None)
    assert claim_each(together) == [Won(replace(new(n), lease=lease(n))) for n in range(MEMBERS)]


def test_two_messages_of_one_delivery_in_a_batch_are_one_claim(table: DeliveryTable) -> None:
    table.create([new(0)])
    together, _ = counted(table)
    claims = of_each(lambda n: together.claim(new(0).key, 1, lease(n), START))
    assert sum(isinstance(claim, Won) for claim in claims) == 1
