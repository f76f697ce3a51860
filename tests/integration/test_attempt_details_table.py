"""The details of attempts in the table: kept, read back, expired, and not in the way of an event's story."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell.domain.attempt_details import AttemptDetails
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.outbound import Wire
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.events.events import EventTable
from doorbell.store.events.ledger import LedgerTable
from doorbell.store.events.stories import StoryTable
from tests.integration.conftest import Aws
from tests.support.builders import TENANT, a_delivery, a_stored_event
from tests.support.fakes import START

LATER = int(START) + 7 * 86_400
HEADERS = tuple((f"x-{number}", "value") for number in range(60))
SEEN = Wire(HEADERS, (("retry-after", "1"),), True, ("ssm:/k",), "192.0.2.1", False, 1, None, 3, 4)


@pytest.fixture
def table(aws: Aws) -> AttemptDetailTable:
    return AttemptDetailTable(aws.dynamodb, aws.table("EventsTable"), lambda: START)


def details(number: int, to: str = "sub_1", generation: int = 0, expires_at: int = LATER) -> AttemptDetails:
    key = DeliveryKey("evt_1", to, generation)
    return AttemptDetails(key, TENANT, number, START + 0.125, 40, SEEN, expires_at)


def test_they_come_back_as_they_were_in_order_with_those_of_replays_and_of_no_other(
    table: AttemptDetailTable,
) -> None:
    wanted = [details(1), details(2), details(10), details(1, generation=1)]
    for one in [*reversed(wanted), details(1, to="sub_10"), details(1, to="sub")]:
        table.put(one)
    assert table.of("evt_1", "sub_1") == wanted


def test_what_has_expired_is_not_shown_and_a_write_that_is_repeated_changes_nothing(
    table: AttemptDetailTable,
) -> None:
    table.put(details(1, expires_at=int(START) - 1))
    table.put(details(2))
    table.put(details(2))
    assert [one.number for one in table.of("evt_1", "sub_1")] == [2]


def test_who_reads_an_event_s_story_or_audits_it_does_not_pay_for_them(table: AttemptDetailTable) -> None:
    read = list[str]()

    class Watched:
        def query(self, **call: Any) -> Any:
            answer = table.client.query(**call)
            read.extend(item["sk"]["S"] for item in answer["Items"])
            return answer

    EventTable(table.client, table.table).put_new(a_stored_event())
    DeliveryTable(table.client, table.table, 32).create([a_delivery(key=DeliveryKey("evt_1", "sub_1"))])
    table.put(details(1))
    story = StoryTable(Watched(), table.table, lambda: START).story("evt_1")
    entry = LedgerTable(Watched(), table.table).entry("evt_1")
    assert story is not None
    assert entry is not None
    assert (len(story[1]), len(entry.deliveries)) == (1, 1)
    assert sorted(read) == ["delivery#sub_1", "delivery#sub_1", "event", "event"]
