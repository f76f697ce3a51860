"""A search reads the log first, and an event last; it stops where it is told, and leaves nothing out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from doorbell.domain.log import LogRow
from doorbell.usecases.search import Search, SearchPage, Wanted
from doorbell.usecases.show_body import EventBody


class Log:
    def __init__(self, rows: Sequence[LogRow]) -> None:
        self.rows = sorted(rows, key=lambda row: row.created_at, reverse=True)

    def between(
        self, tenant_id: str, since: float, until: float, *, newest_first: bool = False, first: int = 1000
    ) -> Iterator[LogRow]:
        assert newest_first
        return (row for row in self.rows if since <= row.created_at <= until)


class Asked:
    """Deliveries that are all pending; who was asked for is on record."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def states(self, event_id: str) -> frozenset[str]:
        self.ids.append(event_id)
        return frozenset({"pending"})


def no_body(event_id: str) -> EventBody:
    raise AssertionError(f"the body of {event_id} was read")


def row(number: int, at: float, event_type: str = "push", source: str = "gh") -> LogRow:
    return LogRow(f"evt_{number}", at, event_type, source)


@pytest.mark.parametrize(("limit", "most"), [(2, 100), (100, 2)])
def test_events_of_one_moment_are_each_found_once_over_the_pages(limit: int, most: int) -> None:
    rows = [row(n, at) for n, at in enumerate([5.0, 5.0, 5.0, 5.0, 5.0, 7.0, 1.0])]
    search = Search(Log(rows), Asked(), no_body)
    found, page = list[str](), SearchPage((), 10.0, (), 0, 0)
    for _ in rows:
        if page.until is None:
            break
        page = search("t", 0, page.until, Wanted(), limit=limit, most=most, seen=page.seen)
        found += [one.event_id for one in page.rows]
    assert sorted(found) == sorted(one.event_id for one in rows)


def test_what_the_log_rules_out_is_not_opened() -> None:
    asked = Asked()
    rows = [row(1, 1), row(2, 2, event_type="ping"), row(3, 3, source="gl"), row(4, 4)]
    wanted = Wanted("pu*", "gh", "exhausted", ("x",))
    page = Search(Log(rows), asked, no_body)("t", 0, 9, wanted, limit=9, most=9)
    assert (page.rows, page.looked, asked.ids) == ((), 4, ["evt_4", "evt_1"])


def test_each_event_that_is_looked_at_is_told() -> None:
    told: list[int] = []
    search = Search(Log([row(n, n) for n in range(9)]), Asked(), no_body)
    page = search("t", 0, 9, Wanted("ping"), limit=9, most=4, on_event=lambda: told.append(1))
    assert (page.looked, len(told), page.until) == (4, 4, 5)
