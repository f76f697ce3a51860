"""The event log walks every day that a time range touches, to both its ends, in order."""

from datetime import UTC, datetime

import pytest

from doorbell.domain.events import BodyAt
from doorbell.domain.records import StoredEvent
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.events import EventTable
from tests.integration.conftest import Aws
from tests.support.builders import a_stored_event, an_incoming

MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC).timestamp()
DAY = 86_400
TIMES = (MIDNIGHT - DAY, MIDNIGHT - 0.001, MIDNIGHT, MIDNIGHT + 0.001, MIDNIGHT + 43_200, MIDNIGHT + DAY)


def event(name: str, at: float) -> StoredEvent:
    incoming = an_incoming(BodyAt(2, b"{}"), event_id=name, received_at=at)
    return a_stored_event(incoming, created_at=at, expires_at=int(at) + 30 * DAY)


@pytest.fixture
def log(aws: Aws) -> EventLog:
    """Some events of each moment: they lie in different partitions of their day."""
    table = aws.table("EventsTable")
    for number, at in enumerate(TIMES):
        for copy in range(3):
            EventTable(aws.dynamodb, table).put_new(event(f"evt_{number}_{copy}", at))
    return EventLog(aws.dynamodb, table)


PAIRS = [(first, last) for last in range(len(TIMES)) for first in range(last + 1)]


def test_everything_recorded_in_a_range_is_found_its_ends_and_its_midnights_included(log: EventLog) -> None:
    for first, last in PAIRS:
        found = [row.created_at for row in log.between("acme", TIMES[first], TIMES[last])]
        assert found == sorted(at for at in TIMES[first : last + 1] for _ in range(3))


def test_the_newest_come_first_across_midnights_and_partitions_where_that_is_asked_for(log: EventLog) -> None:
    found = [row.created_at for row in log.between("acme", TIMES[0], TIMES[-1], newest_first=True)]
    assert found == sorted((at for at in TIMES for _ in range(3)), reverse=True)


def test_a_tenant_whose_name_begins_with_another_has_a_log_of_its_own(log: EventLog) -> None:
    assert list(log.between("acme#2026", TIMES[0], TIMES[-1])) == []
