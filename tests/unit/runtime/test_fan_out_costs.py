"""What an event costs its tenant: its matches, and nothing for those that it does not concern."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from doorbell.store.dynamodb.sizes import item_bytes
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.event_items import event_from
from tests.integration.ops.meter import size
from tests.support.builders import an_incoming
from tests.support.fan_out_counted import Bill, CountedFanOut, numbered

MANY = 500
WRITE_UNITS = 5
"""Of an event of 2 KB for one subscriber: the event 2 and its row in the log 1, the delivery 1 and its due
time 1."""
_bytes = random.Random(1).randbytes

NO = "contains(['acct_1', 'acct_2'], body.account.id)"
OTHERS: dict[str, dict[str, Any]] = {
    "another type": {"event_types": ["invoice.*"]},
    "another source": {"sources": ["stripe"]},
    "disabled": {"enabled": False},
    "another account": {"filter": "body.account.id == 'acct_1' && body.amount > `100`"},
    "a filter that says no": {"filter": NO},
    "a filter that fails": {"filter": "starts_with(body.missing, 'x')"},
}


def a_push(body: int = 1200) -> Any:
    """What gzip makes nothing smaller of is about as much as 2 KB of JSON become."""
    return an_incoming(_bytes(body))


def one_of(count: int, **others: Any) -> CountedFanOut:
    """One that wants all, among some that do not. Ids are as bad to pack as they come."""
    fan_out = CountedFanOut()
    ids = random.Random(7)
    for _ in range(count - 1):
        fan_out.subscribe(str(UUID(int=ids.getrandbits(128))), **others)
    fan_out.subscribe("the-one")
    return fan_out


def alone(body: int = 1200) -> Bill:
    return one_of(1).handle(a_push(body))


def test_an_event_for_one_of_one_is_five_write_units() -> None:
    assert alone().write_units == WRITE_UNITS


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_one_match_of_500_costs_the_write_units_of_one_of_one(others: dict[str, Any]) -> None:
    assert one_of(MANY, **others).handle(a_push()).write_units == WRITE_UNITS


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_one_match_of_500_takes_the_calls_of_one_of_one(others: dict[str, Any]) -> None:
    """Warm, and cold again after that; an environment that has never met the tenant asks twice."""
    one, many = one_of(1), one_of(MANY, **others)
    for number in range(4):
        event = numbered(a_push(), number)
        more = Counter({"Query": 1}) if number == 0 else Counter[str]()
        assert many.handle(event).calls == one.handle(event).calls + more
        many.clock.advance(6)
        one.clock.advance(6)


def test_one_match_of_500_reads_its_subscriptions_once_in_ten_seconds_and_nothing_besides() -> None:
    fan_out = one_of(MANY, event_types=["invoice.*"])
    cold, warm = (fan_out.handle(numbered(a_push(), number)).read_units for number in range(2))
    assert cold <= MANY * 150 / 4096 / 2 + 2
    assert warm == 0


@pytest.mark.parametrize("body", range(0, 1100, 100))
def test_near_misses_are_named_only_where_there_is_room(body: int) -> None:
    fan_out = one_of(MANY, filter=NO)
    assert fan_out.handle(a_push(body)).write_units == alone(body).write_units
    routing = event_from(unmarshal(fan_out.stored("evt_1"))).routing
    assert (routing.matched, routing.filtered) == (("the-one",), MANY - 1)
    assert all(match.detail == "" for match in routing.near_misses)


def test_near_misses_are_named_somewhere() -> None:
    fan_out = one_of(MANY, filter=NO)
    named = []
    for number in range(11):
        fan_out.handle(numbered(a_push(100 * number), number))
        named.append(len(event_from(unmarshal(fan_out.stored(f"evt_{number}"))).routing.near_misses))
    assert max(named) >= 25
    assert max(named) <= 50


def test_a_tenant_of_20000_that_the_event_does_not_concern_writes_a_record_now_and_then() -> None:
    fan_out = one_of(20_000, event_types=["invoice.*"])
    bill = fan_out.handle(a_push())
    assert bill.write_units <= WRITE_UNITS + 20_000 / MANY / 8


@pytest.mark.parametrize(
    "values",
    [
        {"text": "ä€", "number": 12345, "time": 1_800_000_000.25, "bytes": b"xyz", "flag": True},
        {"headers": {"a": "b", "content-type": "application/json"}, "list": ["a", {"b": [None]}], "none": 0},
    ],
)
def test_an_items_size_is_reckoned_as_aws_does_and_its_numbers_not_below(values: dict[str, Any]) -> None:
    item = marshal(values)
    assert 0 <= item_bytes(item) - size(item) <= 3
