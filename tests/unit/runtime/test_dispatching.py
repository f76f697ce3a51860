"""The dispatcher's batch: its deliveries share what they read; a message nobody can read spoils nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.runtime import dispatching, in_flight, noting, outbound, recorded, wiring
from doorbell.store.events.event_items import without_routing
from tests.support.builders import TENANT
from tests.support.fakes import RecordingLog


class Client:
    def __init__(self) -> None:
        self.requests: list[Any] = []

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {"Responses": {}, "UnprocessedKeys": {}}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    cached = (
        wiring.settings,
        outbound.events,
        dispatching.endpoints,
        in_flight.subscriptions,
        recorded.deliveries,
    )
    for made in cached:
        made.cache_clear()
    monkeypatch.setenv("EVENTS_TABLE", "Events")
    monkeypatch.setenv("ENDPOINTS_TABLE", "Endpoints")
    client = Client()
    for module in (outbound, dispatching, in_flight, noting, recorded):
        monkeypatch.setattr(module, "client", lambda service: client)
    monkeypatch.setattr(dispatching, "calls", lambda: client)
    yield client
    for made in cached:
        made.cache_clear()


def record(event_id: str, subscription_id: str) -> dict[str, str]:
    message = {"event_id": event_id, "subscription_id": subscription_id, "tenant_id": TENANT, "attempt": 1}
    return {"body": json.dumps(message)}


def test_a_batch_asks_once_for_its_events_and_endpoints_and_leaves_out_what_it_cannot_read(
    client: Client,
) -> None:
    records = [record("evt_1", "a"), {"body": "{"}, {"body": '{"v": 2}'}, record("evt_2", "a")]
    batch = {"Records": records}
    deliver = dispatching.batch_of(dispatching.deliver(), dispatching.look(), batch).deliver
    assert deliver.admission.healths is not None
    assert client.requests == []
    deliver.admission.healths.health(f"{TENANT}/a")
    keys = [{"event_id": {"S": event_id}, "sk": {"S": "event"}} for event_id in ("evt_1", "evt_2")]
    assert client.requests == [
        {
            "RequestItems": {
                "Events": {"Keys": keys, **without_routing()},
                "Endpoints": {"Keys": [{"subscription_id": {"S": f"{TENANT}/a"}}]},
            }
        }
    ]


def test_what_was_read_for_one_batch_is_not_kept_for_the_next(client: Client) -> None:
    batch = {"Records": [record("evt_1", "a")]}
    one = dispatching.deliver()
    for _ in range(2):
        healths = dispatching.batch_of(one, dispatching.look(), batch).deliver.admission.healths
        assert healths is not None
        healths.health(f"{TENANT}/a")
        healths.health(f"{TENANT}/a")
    assert len(client.requests) == 2


def test_while_an_index_is_not_there_the_log_says_that_nobody_is_filed_and_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class NoIndexYet:
        def query(self, **request: Any) -> None:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "no such index"}}, "Query")

    log = RecordingLog()
    monkeypatch.setattr(dispatching, "client", lambda service: NoIndexYet())
    monkeypatch.setattr(dispatching, "log", lambda: log)
    dispatching.shelves.cache_clear()
    try:
        assert not dispatching.shelves().ready()
    finally:
        dispatching.shelves.cache_clear()
    ((level, message, told),) = log.lines
    assert (level, message, set(told)) == ("info", "nobody_is_filed_yet", {"cause"})
