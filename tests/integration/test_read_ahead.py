"""Reading ahead for a batch, over the tables as the template makes them."""

from __future__ import annotations

from typing import Any

from doorbell.domain.events import BodyAt
from doorbell.domain.health import Health
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events.event_items import UNROUTED, event_values
from doorbell.store.events.events import EventTable
from doorbell.store.events.read_ahead import ReadAhead
from tests.integration.conftest import Aws
from tests.support.builders import a_stored_event, an_incoming
from tests.support.fakes import START

UNSENT = {"sk", "tenant_day", "routing"}
"""Attributes of an event that a delivery does not need."""


class Telling:
    """A client; remembers the events that it answered with."""

    def __init__(self, client: Any) -> None:
        self._client, self.came = client, list[dict[str, Any]]()

    def batch_get_item(self, **request: Any) -> Any:
        answer = self._client.batch_get_item(**request)
        self.came += answer["Responses"]["EventsTable"]
        return answer

    def get_item(self, **request: Any) -> Any:
        answer = self._client.get_item(**request)
        self.came.append(answer["Item"])
        return answer


def test_a_field_that_is_added_to_an_event_is_read_of_it_too() -> None:
    """Whatever an event's item may hold, set or not."""
    assert set(event_values(a_stored_event(an_incoming()))) - UNSENT == set(UNROUTED)


def test_an_event_comes_with_all_it_has_but_its_routing(aws: Aws) -> None:
    table, endpoints = aws.table("EventsTable"), EndpointTable(aws.dynamodb, aws.table("EndpointsTable"))
    for event_id, body in (("evt_in", BodyAt(3, b'"a"', digest=b"d")), ("evt_out", BodyAt(9, key="t/big"))):
        incoming = an_incoming(body, event_id=event_id, event_types=("a", "b"), element=1, fetched="2026")
        telling = Telling(aws.dynamodb)
        events, event = EventTable(telling, table), a_stored_event(incoming)
        assert EventTable(aws.dynamodb, table).put_new(event) is None
        ahead = ReadAhead(telling, events, endpoints, [event_id], ["t/well"], lambda _: None)
        assert ahead.get(event_id, START) == events.get(event_id, START, with_routing=False) == event
        written = {name for name, value in event_values(event).items() if value is not None}
        assert [set(item) for item in telling.came] == [written - UNSENT] * 2


def test_a_batch_reads_events_with_their_bodies_and_the_health_of_endpoints(aws: Aws) -> None:
    events = EventTable(aws.dynamodb, aws.table("EventsTable"))
    endpoints = EndpointTable(aws.dynamodb, aws.table("EndpointsTable"))
    bodies = (BodyAt(3, b'"a"'), BodyAt(9, key="t/big"))
    kept = [a_stored_event(an_incoming(body, event_id=f"evt_{n}")) for n, body in enumerate(bodies)]
    for event in kept:
        assert events.put_new(event) is None
    parked = Health(failures=5, failing_since=900.5, parked_until=2000.25, parks=1)
    assert endpoints.write_health("t/parked", parked)
    told: list[str] = []
    ids = ["evt_0", "evt_1", "evt_none"], ["t/parked", "t/well"]
    ahead = ReadAhead(aws.dynamodb, events, endpoints, *ids, told.append)
    assert [ahead.get(f"evt_{n}", START) for n in range(2)] == kept
    assert ahead.get("evt_none", START) is None
    assert (
        ahead.health("t/parked")
        == endpoints.health("t/parked")
        == Health(failures=5, failing_since=900.5, parked_until=2000.25, parks=1, version=1)
    )
    assert ahead.health("t/well") == Health()
    assert told == []
