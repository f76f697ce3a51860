"""Deliveries created and postponed many in a call: each write keeps its own condition."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.claims import Due, Won
from doorbell.domain.deliveries import Attempt, Delivery, Lease, State
from doorbell.domain.errors import Unavailable
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.delivery_items import delivery_key
from doorbell.store.dynamodb.tables import marshal, unmarshal
from tests.integration.conftest import Aws
from tests.support.builders import a_delivery
from tests.support.fakes import START

MANY = 60
LATER = START + 1800


class Counting:
    """The client, and how often each of its methods was called. What is in `refuse` by the number of the
    call is an answer of BatchExecuteStatement's, or is raised; nothing is written then."""

    def __init__(self, client: Any, refuse: dict[int, Any] | None = None) -> None:
        self.client, self.calls, self._refuse = client, list[str](), refuse or {}

    def __getattr__(self, name: str) -> Any:
        def call(**given: Any) -> Any:
            self.calls.append(name)
            if name == "batch_execute_statement":
                instead = self._refuse.get(self.calls.count(name))
                if isinstance(instead, Exception):
                    raise instead
                if instead is not None:
                    return {"Responses": [instead] * len(given["Statements"])}
            return getattr(self.client, name)(**given)

        return call


@pytest.fixture
def table(aws: Aws) -> DeliveryTable:
    return DeliveryTable(aws.dynamodb, aws.table("EventsTable"), 32)


def counted(table: DeliveryTable, refuse: dict[int, Any] | None = None) -> tuple[DeliveryTable, list[str]]:
    client = Counting(table.client, refuse)
    return replace(table, client=client), client.calls


def deliveries(count: int = MANY) -> list[Delivery]:
    return [a_delivery(f"sub_{number:03d}") for number in range(count)]


def moves(found: list[Delivery], seen: float | None = None) -> list[tuple[Due, float]]:
    due_at = found[0].due_at if seen is None else seen
    assert due_at is not None
    return [(Due(one.key, one.tenant_id, due_at, 0), LATER) for one in found]


def due_at(table: DeliveryTable, delivery: Delivery) -> float | None:
    key = marshal(delivery_key(delivery.key))
    found = table.client.get_item(TableName=table.table, Key=key, ConsistentRead=True)
    return unmarshal(found.get("Item", {})).get("due_at")


def test_many_new_deliveries_are_put_25_in_a_call(table: DeliveryTable) -> None:
    counting, calls = counted(table)
    assert counting.create(deliveries()) == [None] * MANY
    assert calls == ["batch_execute_statement"] * 3
    assert table.create(deliveries()) == deliveries(), "they are there, whole"


def test_a_few_are_put_each_by_itself(table: DeliveryTable) -> None:
    counting, calls = counted(table)
    assert counting.create(deliveries(8)) == [None] * 8
    assert calls == ["put_item"] * 8


def test_guarantee_3_what_is_there_already_is_told_and_not_written_over(table: DeliveryTable) -> None:
    ended = a_delivery("sub_030", state=State.CANCELLED, due_at=None, ended_at=START, reason="gone")
    assert table.create([ended]) == [None]
    there = table.create(deliveries())
    assert [one for one in there if one is not None] == [ended]
    assert due_at(table, ended) is None


@pytest.mark.parametrize(
    "failure",
    [
        {"Error": {"Code": "ThrottlingError"}},
        {"Error": {"Code": "InternalServerError"}},
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "BatchExecuteStatement"),
    ],
    ids=["throttled", "internal", "refused whole"],
)
def test_guarantee_2_what_a_batch_did_not_do_is_done_one_by_one(table: DeliveryTable, failure: Any) -> None:
    counting, calls = counted(table, refuse={1: failure})
    found = deliveries(30)
    assert counting.create(found) == [None] * 30
    assert calls.count("put_item") == 25
    counting, calls = counted(table, refuse={1: failure})
    assert counting.postpone_all(moves(found)) == [True] * 30
    assert calls.count("update_item") == 25
    assert {due_at(table, one) for one in found} == {LATER}


def test_guarantee_2_a_write_that_fails_by_itself_too_is_unavailable(table: DeliveryTable) -> None:
    elsewhere = replace(
        table, client=Counting(table.client, {1: {"Error": {"Code": "ThrottlingError"}}}), table="none"
    )
    with pytest.raises(Unavailable, match="PutItem"):
        elsewhere.create(deliveries(9))


def test_many_are_postponed_25_in_a_call(table: DeliveryTable) -> None:
    found = deliveries()
    table.create(found)
    counting, calls = counted(table)
    assert counting.postpone_all(moves(found)) == [True] * MANY
    assert calls == ["batch_execute_statement"] * 3
    assert {due_at(table, one) for one in found} == {LATER}


def test_one_is_postponed_by_itself(table: DeliveryTable) -> None:
    table.create(deliveries(1))
    counting, calls = counted(table)
    assert counting.postpone_all(moves(deliveries(1))) == [True]
    assert calls == ["update_item"]


def test_what_is_no_longer_as_it_was_seen_is_left_alone_and_its_neighbours_are_moved(
    table: DeliveryTable,
) -> None:
    here, ended, gone = deliveries(3)
    table.create([here, ended])
    won = table.claim(ended.key, 1, Lease("lease-1", START + 30), START)
    assert isinstance(won, Won)
    after = replace(won.delivery, lease=None, state=State.DELIVERED, due_at=None, ended_at=START + 1)
    assert table.record(won.delivery, Attempt(1, START, 1, 200, None, "", ""), after)
    assert table.postpone_all(moves([here, ended, gone])) == [True, False, False]
    assert [due_at(table, one) for one in (here, ended, gone)] == [LATER, None, None]


def test_a_row_that_was_seen_elsewhere_is_not_moved(table: DeliveryTable) -> None:
    table.create(deliveries(2))
    assert table.postpone_all(moves(deliveries(2), seen=START + 1)) == [False, False]
    assert {due_at(table, one) for one in deliveries(2)} == {deliveries(1)[0].due_at}
