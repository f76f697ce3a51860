"""A page of the event log reads what it can show, however much is on record, and loses nothing where it is
cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.domain.log import DAY_SECONDS
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.event_items import LOG_SHARDS, tenant_day
from doorbell.store.events.event_log import PAGE_SIZE, EventLog
from doorbell.usecases.search import SIFTED, Search, SearchPage, Wanted
from doorbell.usecases.show_body import EventBody

NOON = 20_000 * DAY_SECONDS + DAY_SECONDS / 2
LIMIT = 50
ALL = Wanted()
MOST = 2_000
"""Events that the console's page looks at."""


class Index:
    """The index of a table, and what its Queries evaluated."""

    def __init__(self, times: list[float]) -> None:
        self.partitions = dict[str, list[dict[str, Any]]]()
        for number, at in enumerate(times):
            name = f"evt_{number:05d}"
            row = {"event_id": name, "created_at": at, "event_type": "rare" if number == 0 else "push"}
            self.partitions.setdefault(tenant_day("acme", at, name), []).append(row)
        for rows in self.partitions.values():
            rows.sort(key=lambda row: (row["created_at"], row["event_id"]))
        self.evaluated = self.queries = 0

    def query(self, **call: Any) -> dict[str, Any]:
        values = unmarshal(call["ExpressionAttributeValues"])
        rows = self.partitions.get(values[":day"], [])
        rows = [row for row in rows if values[":since"] <= row["created_at"] <= values[":until"]]
        rows = rows if call["ScanIndexForward"] else rows[::-1]
        begin = int(call.get("ExclusiveStartKey", {}).get("at", {}).get("N", 0))
        end = begin + call["Limit"]
        found = rows[begin:end]
        self.queries += 1
        self.evaluated += len(found)
        more = {"LastEvaluatedKey": {"at": {"N": str(end)}}} if len(found) == call["Limit"] else {}
        return {"Items": [marshal(row) for row in found], **more}


class Pending:
    def states(self, event_id: str) -> frozenset[str]:
        return frozenset({"pending"})


def no_body(event_id: str) -> EventBody:
    raise AssertionError(event_id)


def search_of(index: Index) -> Search:
    return Search(EventLog(index, "Events"), Pending(), no_body)


def page_of(
    index: Index, until: float, wanted: Wanted = ALL, limit: int = LIMIT, seen: tuple[str, ...] = ()
) -> SearchPage:
    since = NOON - 2 * DAY_SECONDS
    return search_of(index)("acme", since, until, wanted, limit=limit, most=20_000, seen=seen)


def pages(index: Index, limit: int) -> Iterator[SearchPage]:
    page = page_of(index, NOON, limit=limit)
    yield page
    while page.until is not None:
        page = page_of(index, page.until, limit=limit, seen=page.seen)
        yield page


@pytest.mark.parametrize("recorded", [1_000, 10_000])
def test_a_page_reads_what_it_can_show_of_each_partition_however_much_is_on_record(recorded: int) -> None:
    index = Index([NOON - number for number in range(recorded)])
    first = page_of(index, NOON)
    assert [row.event_id for row in first.rows] == [f"evt_{number:05d}" for number in range(LIMIT)]
    assert index.queries == LOG_SHARDS
    assert index.evaluated <= LOG_SHARDS * (LIMIT + 1)
    index.evaluated = index.queries = 0
    assert first.until is not None
    page_of(index, first.until, seen=first.seen)
    assert index.queries == LOG_SHARDS
    assert index.evaluated <= LOG_SHARDS * (LIMIT + 1 + len(first.seen))


@pytest.mark.parametrize("wanted", [Wanted("push"), Wanted(state="pending"), Wanted("rare")], ids=str)
def test_a_filtered_page_reads_no_more_of_ten_times_as_many(wanted: Wanted) -> None:
    """And one that finds nothing ends where it has looked at as many as it may."""
    read = []
    for recorded in (3_000, 30_000):
        index = Index([NOON - number for number in range(recorded)])
        since = NOON - 2 * DAY_SECONDS
        found = search_of(index)("acme", since, NOON, wanted, limit=LIMIT, most=MOST)
        read.append((index.queries, found.looked, len(found.rows)))
        assert index.evaluated <= LOG_SHARDS * (SIFTED + 1 + PAGE_SIZE)
    assert read[0] == read[1]


def test_what_a_filter_leaves_out_is_read_on_by_whole_pages_until_there_is_no_more() -> None:
    index = Index([NOON - DAY_SECONDS / 3, *(NOON - number for number in range(9_000))])
    found = page_of(index, NOON, Wanted("rare"))
    assert [row.event_id for row in found.rows] == ["evt_00000"]
    assert found.looked == 9_001
    assert index.evaluated == 9_001, "each once"
    assert SIFTED + PAGE_SIZE < 9_000 / LOG_SHARDS, "or the third page is not asked for"
    assert index.queries == LOG_SHARDS * 3 + LOG_SHARDS * 2, "two days before without any"


@pytest.mark.parametrize("limit", [1, 7, 50])
@pytest.mark.parametrize("together", [1, 5, 60])
def test_no_event_is_lost_or_shown_twice_where_pages_are_cut(limit: int, together: int) -> None:
    """`together` come at the same moment, over midnight and several partitions."""
    times = [NOON - number // together * together * 720.0 for number in range(180)]
    index = Index(times)
    assert len(index.partitions) > LOG_SHARDS
    found = [row for page in pages(index, limit) for row in page.rows]
    assert sorted(row.event_id for row in found) == [f"evt_{number:05d}" for number in range(180)]
    assert [row.created_at for row in found] == sorted(times, reverse=True)
