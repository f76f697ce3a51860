"""The log of what a subscription did not get and would want: page by page, each event once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from doorbell.domain.events import BodyAt
from doorbell.domain.log import LogRow
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import StoredEvent
from doorbell.domain.replays import UNMATCHED, Cursor, Selection
from doorbell.domain.routing import RoutingPage
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.would_match import WouldMatch
from tests.support import fakes
from tests.support.builders import TENANT, a_stored_event, a_subscription
from tests.support.fakes import START

SELECTION = Selection(TENANT, "sub_1", START - 100, START + 100, (UNMATCHED,))
NOBODY = RoutingPage()


class Log:
    def __init__(self, events: Sequence[StoredEvent]) -> None:
        self.events = {event.event_id: event for event in events}
        self.read: list[str] = []

    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]:
        for event in sorted(self.events.values(), key=lambda event: event.created_at):
            if since <= event.created_at <= until:
                incoming = event.incoming
                yield LogRow(event.event_id, event.created_at, incoming.event_type, incoming.source_id)

    def __call__(self, event_ids: Sequence[str]) -> Iterator[StoredEvent]:
        self.read += event_ids
        return iter([self.events[event_id] for event_id in event_ids])


def an_event(number: int, at: float = START) -> StoredEvent:
    return replace(a_stored_event(event_id=f"evt_{number}"), created_at=at, routing=NOBODY)


def would_match(log: Log, subscription: Subscription | None = None) -> WouldMatch:
    return WouldMatch(
        subscription or a_subscription(), log, log, fakes.FakeBodies(), fakes.FakeFilters(), fakes.FakeClock()
    )


def all_of(asked: WouldMatch, limit: int) -> list[str]:
    found, after = list[str](), None
    while True:
        page = asked.page(SELECTION, after, limit)
        found += [row.key.event_id for row in page.rows]
        after = page.after
        if after is None:
            return found


def test_events_of_one_moment_are_met_once_each_over_pages() -> None:
    log = Log([an_event(number, START + number // 5) for number in range(12)])
    found = all_of(would_match(log), 2)
    assert found == [f"evt_{number}" for number in range(12)]
    assert len(log.read) == 12


def test_it_is_asked_as_if_it_were_on() -> None:
    log = Log([an_event(1)])
    assert all_of(would_match(log, a_subscription(enabled=False)), 10) == ["evt_1"]


def test_what_was_promised_then_is_left_to_fan_out() -> None:
    promised = replace(an_event(1), routing=RoutingPage((Match("sub_1", Reason.MATCHED),)))
    assert all_of(would_match(Log([promised])), 10) == []


def test_a_body_that_is_gone_is_skipped_and_counted() -> None:
    event = an_event(1)
    gone = replace(event, incoming=replace(event.incoming, body=BodyAt(size=9, key="gone", digest=b"d")))
    page = would_match(Log([gone]), a_subscription(filter="body.paid")).page(SELECTION, None, 10)
    assert (page.rows, page.skipped) == ((), {"filter_error": 1})


def test_what_it_does_not_want_is_neither_found_nor_counted_as_left_out() -> None:
    page = would_match(Log([an_event(1)]), a_subscription(event_types=("other",))).page(SELECTION, None, 10)
    assert (page.rows, page.skipped, page.looked) == ((), {}, 1)


def test_the_first_page_of_a_long_routing_that_is_old_keeps_nobody_out() -> None:
    """Who has so many subscriptions has the rest of it in items of its own."""
    old = replace(an_event(1), routing=RoutingPage(after="aaa"), created_at=START - 4000)
    after: Cursor | None = None
    selection = replace(SELECTION, since=START - 5000)
    assert [row.key.event_id for row in would_match(Log([old])).page(selection, after, 10).rows] == ["evt_1"]
    young = replace(old, created_at=START)
    assert would_match(Log([young])).page(SELECTION, after, 10).skipped == {"under_way": 1}
