"""What an event costs that asks the routing index: what one of a tenant's only subscription costs."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from typing import Any

import pytest

from doorbell.domain.events import BodyAt
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.store.events.event_items import event_from
from tests.support.builders import TENANT, an_incoming
from tests.support.fan_out_counted import CountedFanOut, numbered

MANY, VERY_MANY = 20_000, 100_000
READ_UNITS, MEMORY = 10, 1.3
KINDS: dict[str, dict[str, Any]] = {
    "another type": {"event_types": ["invoice.*"]},
    "another source": {"sources": ["stripe"]},
    "another account": {"event_types": ["push"], "filter": "body.account.id == 'acct_%d'"},
}
PUSH = json.dumps({"account": {"id": "mine"}, "ref": "main"}).encode()


def crowd(count: int, others: dict[str, Any]) -> CountedFanOut:
    """One wants pushes of one account, among others that do not."""
    fan_out = CountedFanOut(by_key=True)
    for number in range(count - 1):
        given = dict(others)
        if "filter" in given:
            given["filter"] %= number
        fan_out.subscribe(f"s{number:06}", **given)
    fan_out.subscribe("the-one", event_types=["push"], filter="body.account.id == 'mine'")
    return fan_out


@pytest.mark.parametrize("others", KINDS.values(), ids=KINDS)
def test_one_match_of_20000_takes_the_units_and_calls_of_one_of_one(others: dict[str, Any]) -> None:
    """Cold, ten seconds later and again at once; an environment that has never met the tenant asks once more
    that it has many, and once more where filters begin with a field."""
    one, many = crowd(1, {}), crowd(MANY, others)
    many.index()
    for number, seconds in enumerate((0, 11, 1, 11)):
        for each in (one, many):
            each.clock.advance(seconds)
        event = numbered(an_incoming(PUSH), number)
        alone, bill = one.handle(event), many.handle(event)
        assert bill.write_units == alone.write_units
        first = 2 if number == 0 else 0
        assert bill.calls.total() - first <= alone.calls.total()
        assert bill.read_units <= READ_UNITS
    assert event_from(unmarshal(many.stored("evt_3"))).routing.matched == ("the-one",)


def test_one_match_of_100000_takes_no_more_of_anything_and_hardly_more_memory_than_one_of_one() -> None:
    """Memory: the most that Python holds beyond what it held before, while an event is handled whose tenant
    is read anew."""
    one, many = crowd(1, {}), crowd(VERY_MANY, KINDS["another type"])
    many.index()
    peaks = []
    for fan_out in (one, many):
        for number in range(2):
            fan_out.handle(numbered(an_incoming(PUSH), number))
        fan_out.clock.advance(11)
        tracemalloc.start()
        bill = fan_out.handle(numbered(an_incoming(PUSH), 2))
        peaks.append((bill, tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()
    (alone, of_one), (bill, of_many) = peaks
    for what, taken, peak in (("of many", bill, of_many), ("of one", alone, of_one)):
        units = f"{taken.write_units} write units, {taken.read_units} read units"
        print(f"\n{what}: {units}, {taken.calls.total()} calls, {peak} bytes")
    assert bill.write_units == alone.write_units
    assert bill.calls.total() <= alone.calls.total()
    assert bill.read_units <= READ_UNITS
    assert of_many <= MEMORY * of_one


def test_all_are_asked_where_the_canaries_are_not_heard_and_who_wants_it_gets_it() -> None:
    fan_out = crowd(2_000, KINDS["another type"])
    fan_out.index()
    fan_out.clock.advance(200)
    bill = fan_out.handle(an_incoming(PUSH))
    assert bill.calls["Query"] > 2_000 / 500
    assert matched(fan_out, "evt_1") == {"the-one"}


def test_all_are_asked_where_there_is_no_certificate_and_the_index_is_not_asked_again_for_a_minute() -> None:
    fan_out = crowd(2_000, KINDS["another type"])
    counts = list[int]()
    for number, seconds in enumerate((0, 30, 31)):
        fan_out.clock.advance(seconds)
        bill = fan_out.handle(numbered(an_incoming(PUSH), number))
        counts.append(bill.calls["ExecuteStatement"])
        assert matched(fan_out, f"evt_{number}") == {"the-one"}
    assert counts == [1, 0, 1]


def test_all_are_asked_where_the_body_is_gone_that_filters_begin_with() -> None:
    fan_out = crowd(600, KINDS["another account"])
    fan_out.index()
    for number in range(2):  # the first learns of the field
        fan_out.handle(numbered(an_incoming(PUSH), number))
    gone = numbered(an_incoming(BodyAt(size=10, key="acme/gone", digest=b"d")), 9)
    bill = fan_out.handle(gone)
    assert bill.calls["Query"] > 1
    assert matched(fan_out, "evt_9") == set()


def test_more_than_some_hundreds_that_may_want_it_are_looked_for_among_all() -> None:
    fan_out = crowd(600, {"event_types": ["push"]})
    fan_out.index()
    fan_out.handle(an_incoming(PUSH))
    assert len(matched(fan_out, "evt_1")) == 600


def test_a_tenant_with_few_is_never_asked_for_by_key() -> None:
    fan_out = crowd(20, KINDS["another type"])
    fan_out.index()
    assert fan_out.handle(an_incoming(PUSH)).calls == Counter(
        {"Query": 1, "PutItem": 2, "SendMessageBatch": 1}
    )


def matched(fan_out: CountedFanOut, event_id: str) -> set[str]:
    """Whom deliveries were made for."""
    keys = [key for key in fan_out.tables.items["events"] if key[0] == event_id]
    assert fan_out.tables.items["events"][event_id, "event"]["tenant_id"] == {"S": TENANT}
    return {sk.removeprefix("delivery#") for _, sk in keys if sk.startswith("delivery#")}
