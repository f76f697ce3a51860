"""Reading ahead for a batch, over the tables as the template makes them."""

from __future__ import annotations

from doorbell.domain.events import BodyAt
from doorbell.domain.health import Health
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events import EventTable
from doorbell.store.read_ahead import ReadAhead
from tests.integration.conftest import Aws
from tests.support.builders import a_stored_event, an_incoming


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
    assert [ahead.get(f"evt_{n}") for n in range(2)] == kept
    assert ahead.get("evt_none") is None
    assert (
        ahead.health("t/parked")
        == endpoints.health("t/parked")
        == Health(failures=5, failing_since=900.5, parked_until=2000.25, parks=1, version=1)
    )
    assert ahead.health("t/well") == Health()
    assert told == []
