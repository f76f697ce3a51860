"""What became of deliveries, as the tables have it: filed when they end, read newest first, each once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import batched
from typing import Any

import pytest

from doorbell.domain.claims import Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.errors import Unavailable
from doorbell.domain.history import EndedRow, Sought, history_shelf
from doorbell.domain.shelves import shelf_names, shelf_of
from doorbell.domain.standing import Listed
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.deliveries_together import DeliveriesTogether
from doorbell.store.deliveries.delivery_items import delivery_key, delivery_values
from doorbell.store.deliveries.history_index import HistoryIndex
from doorbell.store.deliveries.shelf_count import ShelfCount
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.usecases.history import History
from tests.integration.conftest import Aws
from tests.support.builders import TENANT, a_delivery
from tests.support.fakes import START

ENDPOINT = f"{TENANT}/sub_1"
GOOD = Attempt(1, START, 20, 204, None, "", "")
TIMED_OUT = Attempt(1, START, 20, None, "timeout", "", "")


@pytest.fixture
def table(aws: Aws) -> DeliveryTable:
    return DeliveryTable(aws.dynamodb, aws.table("EventsTable"), 32)


def new(number: int, **changes: Any) -> Delivery:
    return a_delivery(key=DeliveryKey(f"evt_{number}", "sub_1"), event_type="push", **changes)


def end(
    table: DeliveryTable,
    delivery: Delivery,
    state: State = State.DELIVERED,
    attempt: Attempt | None = GOOD,
    *,
    alone: bool = True,
) -> None:
    """As the dispatcher does, by itself or with a batch."""
    table.create([delivery])
    lease = Lease(f"lease {delivery.key.event_id}", START + 60)
    claim = table.claim(delivery.key, 1, lease, START, release=True)
    assert isinstance(claim, Won)
    made = (attempt,) if attempt is not None else ()
    ended_at = START + int(delivery.key.event_id.removeprefix("evt_"))
    reason = None if state is State.DELIVERED else "schedule"
    after = claim.delivery.freed(due_at=None, attempts=made, state=state, ended_at=ended_at, reason=reason)
    claims = table if alone else DeliveriesTogether(table, Gathered(table.client, 1), pytest.fail)
    assert claims.record(claim.delivery, attempt, after)


def read(table: DeliveryTable, page: int = 100) -> list[EndedRow]:
    index = HistoryIndex(table.client, table.table, page)
    return list(index.between(TENANT, ["sub_1"], START, START + 1000))


@pytest.mark.parametrize("alone", [True, False], ids=["by itself", "with a batch"])
def test_what_has_ended_stands_in_the_history_with_its_last_answer_and_its_type(
    table: DeliveryTable, alone: bool
) -> None:
    end(table, new(1), alone=alone)
    end(table, new(2), State.EXHAUSTED, TIMED_OUT, alone=alone)
    end(table, new(3), State.CANCELLED, None, alone=alone)
    table.create([new(4)])
    told = [(r.key.event_id, r.state, r.reason, r.attempts_made, r.status, r.error) for r in read(table)]
    assert told == [
        ("evt_3", "cancelled", "schedule", 0, None, None),
        ("evt_2", "exhausted", "schedule", 1, None, "timeout"),
        ("evt_1", "delivered", None, 1, 204, None),
    ]
    assert {(row.event_type, row.told, row.tenant_id) for row in read(table)} == {("push", True, TENANT)}


def test_pages_of_every_size_show_each_once_newest_first(table: DeliveryTable) -> None:
    for number in range(1, 8):
        end(table, new(number), State.EXHAUSTED if number % 2 else State.DELIVERED)
    for page in (1, 2, 100):
        assert [row.key.event_id for row in read(table, page)] == [f"evt_{n}" for n in range(7, 0, -1)]


def test_who_leaves_a_waiting_list_stands_in_the_history_and_is_not_counted_as_waiting(
    table: DeliveryTable,
) -> None:
    waits = {"shelf": shelf_of(ENDPOINT, new(1).key), "shelf_at": START}
    values = {**delivery_values(new(1), 32), **waits}
    table.client.put_item(TableName=table.table, Item=marshal(values))
    count = ShelfCount(table.client, table.table)
    assert count.listed(ENDPOINT).count == 1
    end(table, new(1))
    assert count.listed(ENDPOINT).count == 0
    assert [row.key.event_id for row in read(table)] == ["evt_1"]


def test_of_a_long_waiting_list_the_oldest_is_told_though_it_is_counted_no_further(
    table: DeliveryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.store.deliveries.shelf_count.EXACT", 2)
    for number, shelf in enumerate([shelf_names(ENDPOINT)[0]] * 4 + [shelf_names(ENDPOINT)[-1]]):
        waits = {"shelf": shelf, "shelf_at": START - number}
        table.client.put_item(
            TableName=table.table, Item=marshal({**delivery_values(new(number), 32), **waits})
        )
    assert ShelfCount(table.client, table.table).listed(ENDPOINT) == Listed(2, True, START - 4)


@dataclass
class Counting:
    client: Any
    queries: int = 0
    rows: int = 0

    def query(self, **call: Any) -> Any:
        answer = self.client.query(**call)
        self.queries += 1
        self.rows += len(answer["Items"])
        return answer


def test_a_page_reads_little_more_than_it_shows_however_much_has_ended(table: DeliveryTable) -> None:
    names = [f"evt_{number}" for number in range(500)]
    for some in batched(enumerate(names), 25, strict=False):
        puts = [
            {"PutRequest": {"Item": marshal({
                **delivery_values(new(number), 32), "state": "delivered", "shelf_at": START + number,
                "shelf": history_shelf(new(number)),
            })}}
            for number, _ in some
        ]  # fmt: skip
        table.client.batch_write_item(RequestItems={table.table: puts})
    counting = Counting(table.client)
    read = History(HistoryIndex(counting, table.table))
    found, until, seen = list[str](), START + 1000, tuple[str, ...]()
    for _ in range(3):
        page = read(TENANT, ["sub_1"], START, until, Sought(), limit=50, most=2000, seen=seen)
        found += [row.key.event_id for row in page.rows]
        assert page.until is not None
        until, seen = page.until, page.seen
    assert found == names[::-1][:150]
    assert counting.rows <= 3 * 2 * 51
    assert counting.queries == 3 * 9


def test_a_stack_that_keeps_none_files_none_and_lists_what_ended_without_success(
    table: DeliveryTable,
) -> None:
    keeps_none = replace(table, history=False)
    end(keeps_none, new(1))
    end(keeps_none, new(2), State.EXHAUSTED, TIMED_OUT)
    item = table.client.get_item(TableName=table.table, Key=marshal(delivery_key(new(1).key)))["Item"]
    assert not {"shelf", "shelf_at", "status", "error"} & unmarshal(item).keys()
    assert [(row.key.event_id, row.told) for row in read(table)] == [("evt_2", False)]


def test_while_the_index_is_not_there_yet_what_ended_without_success_is_listed(table: DeliveryTable) -> None:
    end(table, new(1))
    end(table, new(2), State.EXHAUSTED, TIMED_OUT)

    class NotYet:
        def query(self, **call: Any) -> Any:
            if call["IndexName"] == "shelf":
                raise Unavailable("dynamodb", "Query", "ValidationException")
            return table.client.query(**call)

    rows = HistoryIndex(NotYet(), table.table).between(TENANT, ["sub_1"], START, START + 1000)
    assert [row.key.event_id for row in rows] == ["evt_2"]


def test_a_service_that_does_not_answer_is_told_and_is_no_empty_history(table: DeliveryTable) -> None:
    class Slow:
        def query(self, **call: Any) -> Any:
            raise Unavailable("dynamodb", "Query", "ThrottlingException")

    with pytest.raises(Unavailable):
        list(HistoryIndex(Slow(), table.table).between(TENANT, ["sub_1"], START, START + 1000))
