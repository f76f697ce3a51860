"""A batch's new events and deliveries in one call: each is put once, and what was there already is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.errors import Unavailable
from doorbell.domain.records import StoredEvent
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.dynamodb import gathered
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.events.events import EventTable
from doorbell.store.events.new_together import EventsTogether, Inserts, NewDeliveriesTogether
from tests.integration.conftest import Aws
from tests.integration.test_batched_writes import Counting
from tests.support.builders import a_delivery, a_stored_event
from tests.support.fakes import START

MEMBERS = 10
ONE_CALL = ["batch_execute_statement"]
THROTTLED = {"Error": {"Code": "ThrottlingError"}}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody goes because of the time, on however slow a machine."""
    monkeypatch.setattr(gathered, "LINGER_SECONDS", 60.0)


class Batch:
    """The tables of a batch of ten, and the names of the calls that it made."""

    def __init__(
        self, aws: Aws, refuse: dict[int, Any] | None = None, on_failure: Callable[[str], None] = pytest.fail
    ) -> None:
        client = Counting(aws.dynamodb, refuse)
        inserts, name = Inserts(Gathered(client, MEMBERS), on_failure), "EventsTable"
        self.calls = client.calls
        self.events = EventsTogether(EventTable(client, name), inserts)
        self.deliveries = NewDeliveriesTogether(DeliveryTable(client, name, 32), inserts)


@pytest.fixture
def alone(aws: Aws) -> EventTable:
    return EventTable(aws.dynamodb, aws.table("EventsTable"))


def of_each[T](work: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(MEMBERS) as pool:
        return list(pool.map(work, range(MEMBERS)))


def event(number: int, ingest_id: str = "ing_1") -> StoredEvent:
    stored = a_stored_event(event_id=f"evt_{number}")
    return replace(stored, incoming=replace(stored.incoming, ingest_id=ingest_id))


def deliveries(number: int, count: int = 2) -> list[Delivery]:
    return [a_delivery(f"sub_{number}_{one}") for one in range(count)]


def test_ten_events_are_put_in_one_call_and_are_there_whole(aws: Aws, alone: EventTable) -> None:
    batch = Batch(aws)
    assert of_each(lambda n: batch.events.put_new(event(n))) == [None] * MEMBERS
    assert batch.calls == ONE_CALL
    assert [alone.get(f"evt_{n}", START) for n in range(MEMBERS)] == [event(n) for n in range(MEMBERS)]


def test_guarantee_3_an_event_whose_key_is_taken_is_told_who_took_it_and_harms_no_neighbour(
    aws: Aws, alone: EventTable
) -> None:
    assert alone.put_new(event(3, "ing_0")) is None
    batch = Batch(aws)
    there = of_each(lambda n: batch.events.put_new(event(n)))
    assert there == [event(3, "ing_0") if n == 3 else None for n in range(MEMBERS)]
    assert batch.calls == [*ONE_CALL, "put_item"]
    assert alone.get("evt_3", START) == event(3, "ing_0"), "and is not written over"


def test_the_same_event_twice_in_a_batch_is_put_once(aws: Aws, alone: EventTable) -> None:
    batch = Batch(aws)
    there = of_each(lambda n: batch.events.put_new(event(0, f"ing_{n}")))
    assert there.count(None) == 1
    winner = event(0, f"ing_{there.index(None)}")
    assert [one for one in there if one is not None] == [winner] * (MEMBERS - 1)
    assert alone.get("evt_0", START) == winner


def test_guarantee_2_what_a_throttled_call_did_not_put_is_put_by_itself_and_it_is_told(aws: Aws) -> None:
    aws.table("EventsTable")
    told = list[str]()
    batch = Batch(aws, {1: THROTTLED}, told.append)
    assert of_each(lambda n: batch.events.put_new(event(n))) == [None] * MEMBERS
    assert batch.calls == [*ONE_CALL, *["put_item"] * MEMBERS]
    assert set(told) == {"ThrottlingError"}


def test_guarantee_2_an_event_whose_answer_was_lost_knows_itself(aws: Aws, alone: EventTable) -> None:
    """The call took effect, its answer did not come: each finds itself, by its ingest id, and goes on."""
    for number in range(MEMBERS):
        alone.put_new(event(number))
    batch = Batch(aws, {1: ReadTimeoutError(endpoint_url="dynamodb")}, lambda cause: None)
    there = of_each(lambda n: batch.events.put_new(event(n)))
    assert there == [event(n) for n in range(MEMBERS)]


def test_deliveries_of_ten_events_are_put_in_one_call(aws: Aws, alone: EventTable) -> None:
    batch = Batch(aws)
    assert of_each(lambda n: batch.deliveries.create(deliveries(n))) == [[None, None]] * MEMBERS
    assert batch.calls == ONE_CALL
    assert batch.deliveries.table.create(deliveries(4)) == deliveries(4), "they are there, whole"


def test_guarantee_3_a_delivery_that_is_there_is_told_and_not_written_over(
    aws: Aws, alone: EventTable
) -> None:
    ended = a_delivery("sub_4_1", state=State.CANCELLED, due_at=None, ended_at=START, reason="gone")
    batch = Batch(aws)
    batch.deliveries.table.create([ended])
    there = of_each(lambda n: batch.deliveries.create(deliveries(n)))
    assert there == [[None, ended] if n == 4 else [None, None] for n in range(MEMBERS)]


def test_an_event_with_many_deliveries_fills_calls_of_its_own(aws: Aws, alone: EventTable) -> None:
    batch = Batch(aws)
    assert batch.deliveries.create(deliveries(0, 30)) == [None] * 30
    assert batch.calls == ONE_CALL * 2


def test_an_event_without_deliveries_makes_no_call(aws: Aws, alone: EventTable) -> None:
    batch = Batch(aws)
    assert batch.deliveries.create([]) == []
    assert batch.calls == []


def test_guarantee_2_a_put_that_fails_by_itself_too_is_unavailable(aws: Aws) -> None:
    told = list[str]()
    batch = Batch(aws, {1: THROTTLED}, told.append)  # and there is no such table

    def work(number: int) -> str:
        with pytest.raises(Unavailable) as error:
            batch.events.put_new(event(number))
        return error.value.operation

    assert of_each(work) == ["PutItem"] * MEMBERS
