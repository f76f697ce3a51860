"""Paging through the event log."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.log import LogRow, Missed
from doorbell.domain.replays import Cursor, MissedPage, Selection
from doorbell.usecases.browse import Browse


class Log:
    def __init__(self, times: list[int]) -> None:
        self.rows = [LogRow(f"evt_{n}", float(at), "t", "s") for n, at in enumerate(times)]

    def between(
        self, tenant_id: str, since: float, until: float, *, newest_first: bool = False, first: int = 1000
    ) -> Iterator[LogRow]:
        rows = [row for row in self.rows if since <= row.created_at <= until]
        return iter(sorted(rows, key=lambda row: row.created_at, reverse=newest_first))


class Nothing:
    def page(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage:
        keys = [DeliveryKey(f"evt_{n}", "s") for n in range(2)]
        states = ("exhausted", "cancelled")
        rows = [Missed(k, "t", 1.0, state, "r") for k, state in zip(keys, states, strict=True)]
        return MissedPage(tuple(rows), {"event_id": "evt_1"})


@given(st.lists(st.integers(0, 6), max_size=25), st.integers(1, 7))
def test_pages_show_every_event_once_newest_first_however_many_share_a_moment(
    times: list[int], limit: int
) -> None:
    browse = Browse(Log(times), Nothing())
    found: list[LogRow] = []
    until: float | None = 10.0
    seen: tuple[str, ...] = ()
    while until is not None:
        page = browse.events("acme", 0.0, until, limit, seen)
        assert len(page.rows) <= limit
        found += page.rows
        assert len(found) <= len(times)
        until, seen = page.until, page.seen
    assert len({row.event_id for row in found}) == len(found) == len(times)
    assert [row.created_at for row in found] == sorted(map(float, times), reverse=True)


def test_other_states_are_left_out_of_a_page_which_still_leads_on() -> None:
    page = Browse(Log([]), Nothing()).missed(Selection("t", "s", 0, 1, ("cancelled",)), None, 10)
    assert [row.state for row in page.rows] == ["cancelled"]
    assert page.after == {"event_id": "evt_1"}
