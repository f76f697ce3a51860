"""What a subscription would want of what is on record: page by page, and each event once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.errors import DoorbellError
from doorbell.domain.events import BodyAt
from doorbell.domain.log import LogRow
from doorbell.domain.matching import Match, Reason
from doorbell.domain.previews import ERRORS, EXAMPLES, PreviewJob, Rule
from doorbell.domain.records import StoredEvent
from doorbell.domain.replays import Selection
from doorbell.domain.routing import RoutingPage
from doorbell.usecases.preview import PAGE, PAGE_SECONDS, Preview
from tests.support import fakes
from tests.support.builders import TENANT, a_stored_event, a_subscription, an_incoming
from tests.support.fakes import START

SELECTION = Selection(TENANT, "sub_1", START - 100, START + 100, ())


class Record:
    """Events, each of which takes `seconds` to read."""

    def __init__(self, events: Sequence[StoredEvent], seconds: float = 0.0) -> None:
        self.events = {event.event_id: event for event in events}
        self.clock, self.seconds = fakes.FakeClock(), seconds
        self.read: list[str] = []
        self.bodies = fakes.FakeBodies()

    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]:
        for event in sorted(self.events.values(), key=lambda event: event.created_at):
            if since <= event.created_at <= until:
                incoming = event.incoming
                yield LogRow(event.event_id, event.created_at, incoming.event_type, incoming.source_id)

    def __call__(self, event_ids: Sequence[str]) -> Iterator[StoredEvent]:
        self.read += event_ids
        for event_id in event_ids:
            self.clock.now += self.seconds
            yield self.events[event_id]

    def preview(self, ignores: str = "") -> Preview:
        return Preview(self, self, self.bodies, fakes.FakeFilters().passes, transform, self.clock, ignores)


def transform(expression: str, event: StoredEvent, body: bytes) -> object:
    if expression == "broken":
        raise DoorbellError(f"transform_failed: {event.event_id}")
    return body


def events(count: int, at: float = START, **changes: Any) -> list[StoredEvent]:
    one = replace(a_stored_event(an_incoming(**changes)), created_at=at, routing=RoutingPage())
    return [replace(one, event_id=f"evt_{number:04}") for number in range(count)]


def a_preview(**rule: Any) -> PreviewJob:
    return PreviewJob("job1", SELECTION, Rule(**rule))


def whole(preview: Preview, job: PreviewJob) -> tuple[PreviewJob, int]:
    """The end of it, and after how many pages."""
    pages = 0
    while job.finished_at is None:
        job, pages = preview.page(job), pages + 1
    return job, pages


def test_each_event_of_the_time_is_looked_at_once_over_pages_of_one_moment() -> None:
    record = Record([*events(2 * PAGE + 7), replace(events(1)[0], event_id="old", created_at=START - 101)])
    done, pages = whole(record.preview(), a_preview())
    assert (done.looked, done.matched, done.cursor, pages) == (2 * PAGE + 7, 2 * PAGE + 7, None, 3)
    assert sorted(record.read) == sorted(set(record.read) - {"old"})


def test_the_first_that_match_are_shown_and_those_that_did_match_counted() -> None:
    some = events(6)
    some[1] = replace(some[1], routing=RoutingPage((Match("sub_1", Reason.MATCHED),)))
    some[0] = replace(some[0], incoming=an_incoming(event_type="other"))
    done, _ = whole(Record(some).preview(), a_preview(event_types=(some[1].incoming.event_type,)))
    assert (done.looked, done.matched, done.did_match, done.failed) == (6, 5, 1, 0)
    assert [one.event_id for one in done.examples] == ["evt_0001", "evt_0002", "evt_0003"]
    assert (done.examples[0].event_type, done.examples[0].recorded_at) == (some[1].incoming.event_type, START)
    assert len(done.examples) == EXAMPLES


@pytest.mark.parametrize(
    ("rule", "matched", "expression", "problem"),
    [
        ({"filter": "oops"}, 0, "filter", "cannot evaluate oops"),
        ({"transform": "broken"}, 5, "transform", "transform_failed: evt_0000"),
    ],
)
def test_where_an_expression_fails_is_counted_and_the_first_say_why(
    rule: dict[str, str], matched: int, expression: str, problem: str
) -> None:
    done, _ = whole(Record(events(5)).preview(), a_preview(**rule))
    assert (done.matched, done.failed, len(done.errors)) == (matched, 5, ERRORS)
    assert (done.errors[0].event_id, done.errors[0].expression) == ("evt_0000", expression)
    assert done.errors[0].problem == problem


def test_a_transform_is_tried_on_what_matches_alone() -> None:
    done, _ = whole(Record(events(5)).preview(), a_preview(filter="false", transform="broken"))
    assert (done.looked, done.matched, done.failed) == (5, 0, 0)


@pytest.mark.parametrize("rule", [{"filter": "true"}, {"transform": "fine"}])
def test_what_an_expression_cannot_be_tried_on_is_counted_apart(rule: dict[str, str]) -> None:
    gone = replace(events(1, body=BodyAt(9, key="gone"))[0], event_id="evt_gone")
    done, _ = whole(Record([*events(2), gone]).preview(), a_preview(**rule))
    assert (done.looked, done.matched, done.bodies_gone) == (2, 2, 1)
    elsewhere = {**rule, "event_types": ("another",)}
    done, _ = whole(Record([gone]).preview(), a_preview(**elsewhere))
    assert (done.looked, done.matched, done.bodies_gone) == (1, 0, 0), "nothing is asked of it"


def test_events_of_the_source_that_is_nobodys_are_not_read() -> None:
    source = events(1)[0].incoming.source_id
    record = Record(events(3))
    done, _ = whole(record.preview(ignores=source), a_preview())
    assert (done.looked, record.read) == (0, [])


def test_a_page_that_takes_long_ends_early_and_the_next_goes_on_there() -> None:
    record = Record(events(45), seconds=PAGE_SECONDS / 20)
    first = record.preview().page(a_preview())
    assert (first.looked, first.finished_at) == (20, None)
    done, _ = whole(record.preview(), first)
    assert (done.looked, len(record.read), len(set(record.read))) == (45, 45, 45)


def test_a_rule_is_the_subscriptions_with_what_is_changed() -> None:
    there = a_subscription(event_types=("a.*",), filter="true", transform="body", sources=("github",))
    assert Rule.of(there, {"filter": None}) == Rule(("github",), ("a.*",), None, "body")
    assert Rule.of(None, {"filter": "false"}) == Rule(filter="false")
