"""What a batch has to read comes in one call; what that call did not answer is read singly."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from doorbell.domain.health import Health
from doorbell.store.dynamodb.tables import Item, marshal
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events.event_items import event_values
from doorbell.store.events.events import EventTable
from doorbell.store.events.read_ahead import FRESH_SECONDS, ReadAhead
from tests.support.builders import a_stored_event
from tests.support.clocks import both
from tests.support.fakes import START

EVENTS, ENDPOINTS = "events", "endpoints"
PARKED = Health(failures=5, parked_until=2000.0, parks=1, version=3)
PARKED_ITEM = {"subscription_id": "t/parked", "failures": 5, "parked_until": 2000, "parks": 1, "version": 3}


class Client:
    """Two tables; remembers what was asked. `left_out`: what the batch's answer leaves unprocessed."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []
        self.told: list[str] = []
        self.left_out: set[str] = set()
        self.failures: list[Exception | None] = []
        self.items: dict[str, dict[str, Item]] = {
            EVENTS: {
                f"evt_{n}": marshal(event_values(a_stored_event(event_id=f"evt_{n}"))) for n in range(3)
            },
            ENDPOINTS: {"t/parked": marshal(PARKED_ITEM)},
        }

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        ids = {table: [_id(key) for key in wanted["Keys"]] for table, wanted in RequestItems.items()}
        self.asked.append(("BatchGetItem", ids))
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure
        there = {
            table: [
                self.items[table][name] for name in names if name in self.items[table].keys() - self.left_out
            ]
            for table, names in ids.items()
        }
        left = {
            table: {"Keys": [key for key in wanted["Keys"] if _id(key) in self.left_out]}
            for table, wanted in RequestItems.items()
        }
        return {"Responses": there, "UnprocessedKeys": {t: some for t, some in left.items() if some["Keys"]}}

    def batches(self) -> list[tuple[str, Any]]:
        return [asked for asked in self.asked if asked[0] == "BatchGetItem"]

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool, **_: Any) -> dict[str, Any]:
        self.asked.append(("GetItem", _id(Key)))
        item = self.items[TableName].get(_id(Key))
        return {} if item is None else {"Item": item}


def _id(key: Item) -> str:
    name: str = key["event_id" if "event_id" in key else "subscription_id"]["S"]
    return name


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def reading(client: Client, clock: Clock | None = None) -> ReadAhead:
    """Three deliveries of three events to two endpoints."""
    return ReadAhead(
        client,
        EventTable(client, EVENTS),
        EndpointTable(client, ENDPOINTS),
        ["evt_0", "evt_1", "evt_2", "evt_0"],
        ["t/parked", "t/well", "t/parked", "t/parked"],
        client.told.append,
        both(clock or Clock()),
    )


ALL = ("BatchGetItem", {EVENTS: ["evt_0", "evt_1", "evt_2"], ENDPOINTS: ["t/parked", "t/well"]})


def test_nothing_is_read_before_it_is_needed() -> None:
    client = Client()
    reading(client)
    assert client.asked == []


def test_a_batch_reads_everything_in_one_call_and_each_id_once() -> None:
    client = Client()
    ahead = reading(client)
    for number in (0, 1, 2, 0):
        assert ahead.get(f"evt_{number}", START) == a_stored_event(event_id=f"evt_{number}")
    assert ahead.health("t/parked") == PARKED
    assert ahead.health("t/well") == Health()
    assert client.asked == [ALL]


def test_an_endpoint_that_the_call_left_out_is_asked_for_and_not_taken_for_well() -> None:
    client = Client()
    client.left_out = {"t/parked"}
    ahead = reading(client)
    assert ahead.health("t/parked") == PARKED
    assert ahead.health("t/well") == Health()
    assert client.asked == [ALL, ("GetItem", "t/parked")]


def test_a_hundred_deliveries_are_two_calls_and_the_one_that_fails_is_made_up_for_singly() -> None:
    client = Client()
    names = [f"evt_{number}" for number in range(100)]
    client.items[EVENTS] |= {name: marshal(event_values(a_stored_event(event_id=name))) for name in names[3:]}
    tables = EventTable(client, EVENTS), EndpointTable(client, ENDPOINTS)
    ahead = ReadAhead(client, *tables, names, ["t/well", "t/parked"], client.told.append)
    assert ahead.health("t/parked") == PARKED
    assert ahead.get("evt_99", START) == a_stored_event(event_id="evt_99")
    assert [(operation, len(ids[EVENTS])) for operation, ids in client.batches()] == [
        ("BatchGetItem", 98),
        ("BatchGetItem", 2),
    ]
    client.failures = [None, ReadTimeoutError(endpoint_url="dynamodb")]
    ahead = ReadAhead(client, *tables, names, ["t/well", "t/parked"], client.told.append)
    client.asked.clear()
    assert all(ahead.get(name, START) == a_stored_event(event_id=name) for name in names)
    assert client.told == ["ReadTimeoutError"]
    assert [asked for asked in client.asked if asked[0] == "GetItem"] == [
        ("GetItem", "evt_98"),
        ("GetItem", "evt_99"),
    ]


def test_threads_that_come_at_once_share_the_call() -> None:
    client = Client()
    ahead = reading(client)
    with ThreadPoolExecutor(10) as pool:
        ids = ["evt_0", "evt_1", "evt_2"] * 10
        found = list(pool.map(lambda event_id: ahead.get(event_id, START), ids))
    assert None not in found
    assert client.asked == [ALL]


def test_what_the_call_left_unprocessed_is_read_singly() -> None:
    client = Client()
    client.left_out = {"evt_1"}
    ahead = reading(client)
    assert ahead.get("evt_1", START) == a_stored_event(event_id="evt_1")
    assert ahead.get("evt_2", START) is not None
    assert client.asked == [ALL, ("GetItem", "evt_1")]


@pytest.mark.parametrize(
    "failures", [[], [ReadTimeoutError(endpoint_url="dynamodb")]], ids=["throttled", "failed"]
)
def test_one_single_read_tells_whose_an_event_is_and_what_is_sent_to_all_that_want_it(
    failures: list[Exception | None],
) -> None:
    client, event = Client(), a_stored_event(event_id="evt_1")
    client.left_out, client.failures = {"evt_1"}, failures
    ahead = reading(client)
    for _ in range(3):
        assert ahead.source_id("evt_1") == event.incoming.source_id
        assert ahead.get("evt_1", START) == event
    assert client.asked == [ALL, ("GetItem", "evt_1")]


def test_an_event_that_was_not_found_has_no_source_and_is_looked_for_again() -> None:
    client = Client()
    item = client.items[EVENTS].pop("evt_2")
    ahead = reading(client)
    assert ahead.source_id("evt_2") is None
    client.items[EVENTS]["evt_2"] = item
    assert ahead.source_id("evt_2") == a_stored_event().incoming.source_id
    assert ahead.get("evt_2", START) == a_stored_event(event_id="evt_2")


def test_an_event_that_was_not_found_is_looked_for_as_by_itself() -> None:
    client = Client()
    del client.items[EVENTS]["evt_2"]
    assert reading(client).get("evt_2", START) is None
    assert client.asked == [ALL, ("GetItem", "evt_2"), ("GetItem", "evt_2")]  # the second is consistent


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "BatchGetItem"),
        ReadTimeoutError(endpoint_url="http://dynamodb"),
    ],
)
def test_a_call_that_fails_leaves_everything_to_single_reads_and_is_not_made_again(
    failure: Exception,
) -> None:
    client = Client()
    client.failures = [failure]
    ahead = reading(client)
    assert ahead.health("t/parked") == PARKED
    assert ahead.get("evt_0", START) is not None
    assert client.asked == [ALL, ("GetItem", "t/parked"), ("GetItem", "evt_0")]
    assert len(client.told) == 1


def test_health_grows_old_and_is_read_anew_but_an_event_does_not_change() -> None:
    client, clock = Client(), Clock(now=50.0)
    ahead = reading(client, clock)
    assert ahead.health("t/well") == Health()
    client.items[ENDPOINTS]["t/well"] = marshal({**PARKED_ITEM, "subscription_id": "t/well"})
    clock.now += FRESH_SECONDS + 0.01
    assert ahead.health("t/well") == PARKED
    assert ahead.get("evt_0", START) is not None
    assert client.asked == [ALL, ("GetItem", "t/well")]


def test_an_endpoint_nobody_asked_for_is_read_singly() -> None:
    client = Client()
    ahead = reading(client)
    assert ahead.health("t/other") == Health()
    assert client.asked == [ALL, ("GetItem", "t/other")]


def test_a_broken_or_endless_routing_record_does_not_hold_up_a_delivery() -> None:
    client = Client()
    client.items[EVENTS]["evt_0"]["routing"] = {"B": b"not gzip"}
    assert reading(client).get("evt_0", START) == a_stored_event(event_id="evt_0")


def test_an_event_that_has_expired_is_looked_for_as_by_itself_and_is_none() -> None:
    """What was read ahead may be as it was before a new event was put over it."""
    client, expired = Client(), a_stored_event(event_id="evt_0").expires_at
    assert reading(client).get("evt_0", expired - 1) is not None
    client = Client()
    assert reading(client).get("evt_0", expired) is None
    assert client.asked == [ALL, ("GetItem", "evt_0"), ("GetItem", "evt_0")]
