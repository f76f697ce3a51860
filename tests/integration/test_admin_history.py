"""The admin API's history, its search, what is under way, and what an id stands for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.domain.attempt_details import AttemptDetails
from doorbell.domain.deliveries import DeliveryKey, State
from doorbell.domain.history import history_shelf
from doorbell.domain.outbound import Wire
from doorbell.runtime.admin_api import iso
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.events import EventTable
from tests.integration.admin_desk import Desk, Reply, close_desk, open_desk
from tests.integration.conftest import Aws
from tests.support.builders import TENANT, a_delivery, a_stored_event, an_incoming

ONE = f"/admin/tenants/{TENANT}/subscriptions/sub_1"
DELIVERIES, PENDING = f"{ONE}/deliveries", f"{ONE}/pending"
EVENTS, FIND = f"/admin/tenants/{TENANT}/events", f"/admin/tenants/{TENANT}/find"
KEPT = int(time.time()) + 86_400


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


def record(desk: Desk, number: int, state: str = "delivered", **told: Any) -> str:
    """An event of `number` minutes ago and its delivery to sub_1, which ended then."""
    event_id, at = f"evt_{number}", time.time() - 60 * number
    given = {name: told.pop(name) for name in ("source_id", "body") if name in told}
    incoming = an_incoming(
        given.pop("body", b"{}"),
        event_id=event_id,
        received_at=at,
        event_type=told.get("event_type", "push"),
        **given,
    )
    event = a_stored_event(incoming, created_at=at, expires_at=KEPT)
    EventTable(desk.aws.dynamodb, "EventsTable").put_new(event)
    made = a_delivery(
        key=DeliveryKey(event_id, "sub_1"), state=State(state), expires_at=KEPT, event_type="push"
    )
    values = {**delivery_values(made, 32), **told}
    if state == "pending":
        desk.put_raw("Events", marshal(values))
        return event_id
    ending = {"due_at": None, "due_shard": None, "shelf": history_shelf(made), "shelf_at": at}
    desk.put_raw("Events", marshal({**values, **ending}))
    return event_id


def ids(reply: Reply, of: str = "deliveries") -> list[str]:
    assert reply.status == 200, reply.body
    return [row["event_id"] for row in reply.json[of]]


def test_all_that_ended_is_listed_newest_first_page_by_page(desk: Desk) -> None:
    for number, state in enumerate(("delivered", "exhausted", "delivered", "cancelled", "delivered"), 1):
        record(desk, number, state)
    record(desk, 9, "pending")
    found, cursor = list[str](), dict[str, Any]()
    while True:
        page = desk.call("GET", DELIVERIES, limit=2, **cursor)
        found += ids(page)
        if page.json["next_cursor"] is None:
            break
        cursor = {"cursor": page.json["next_cursor"]}
    assert found == [f"evt_{number}" for number in range(1, 6)]
    assert page.json["delivered_are_kept"] is True


def test_a_history_is_narrowed_by_state_answer_error_type_and_time(desk: Desk) -> None:
    record(desk, 1, status=204, event_type="invoice.paid", attempts_made=1)
    record(desk, 2, "exhausted", status=503, event_type="invoice.sent", reason="schedule")
    record(desk, 3, "exhausted", error="timeout", event_type="push", reason="age")
    assert ids(desk.call("GET", DELIVERIES, state="exhausted")) == ["evt_2", "evt_3"]
    assert ids(desk.call("GET", DELIVERIES, status="5xx")) == ["evt_2"]
    assert ids(desk.call("GET", DELIVERIES, status="204")) == ["evt_1"]
    assert ids(desk.call("GET", DELIVERIES, error="timeout")) == ["evt_3"]
    assert ids(desk.call("GET", DELIVERIES, type="invoice.*")) == ["evt_1", "evt_2"]
    assert ids(desk.call("GET", DELIVERIES, until=iso(time.time() - 90))) == ["evt_2", "evt_3"]
    (row,) = desk.call("GET", DELIVERIES, error="timeout").json["deliveries"]
    assert (row["reason"], row["status"], row["event_type"], row["told"]) == ("age", None, "push", True)


def test_what_ended_before_histories_were_kept_is_listed_and_counted_where_it_does_not_say(
    desk: Desk,
) -> None:
    ended: dict[str, Any] = {
        "due_at": None,
        "ended_at": time.time() - 60,
        "reason": "schedule",
        "expires_at": KEPT,
    }
    desk.put_ended(a_delivery(state=State.EXHAUSTED, **ended))
    (row,) = desk.call("GET", DELIVERIES).json["deliveries"]
    assert (row["state"], row["told"], row["status"]) == ("exhausted", False, None)
    asked = desk.call("GET", DELIVERIES, status="5xx").json
    assert (asked["deliveries"], asked["untold"]) == ([], 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "6xx"}, "status"),
        ({"status": "ok"}, "status"),
        ({"state": "pending"}, "state"),
        ({"error": ""}, "error"),
        ({"type": "x" * 129}, "type"),
        ({"stat": "5xx"}, "stat"),
        ({"limit": "0"}, "limit"),
    ],
)
def test_a_filter_that_is_wrong_is_named(desk: Desk, query: dict[str, Any], field: str) -> None:
    reply = desk.call("GET", DELIVERIES, **query)
    assert (reply.status, reply.json["field"]) == (422, field)


def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    for number in range(1, 4):
        record(desk, number)
    cursor = desk.call("GET", DELIVERIES, limit=1).json["next_cursor"]
    for path in (DELIVERIES.replace("sub_1", "sub_2"), EVENTS):
        assert desk.call("GET", path, cursor=cursor).json["code"] == "bad_cursor"


def test_events_are_searched_by_type_source_state_and_words(desk: Desk) -> None:
    record(desk, 1, body=b'{"customer":"Ana"}')
    record(desk, 2, "exhausted", event_type="invoice.paid")
    record(desk, 3, source_id="gitlab-main")
    assert ids(desk.call("GET", EVENTS, type="invoice.*"), "events") == ["evt_2"]
    assert ids(desk.call("GET", EVENTS, source="gitlab-main"), "events") == ["evt_3"]
    assert ids(desk.call("GET", EVENTS, state="exhausted"), "events") == ["evt_2"]
    found = desk.call("GET", EVENTS, text="ana customer")
    assert (ids(found, "events"), found.json["looked_at"]) == (["evt_1"], 3)
    assert desk.call("GET", EVENTS, text="  ").json["field"] == "text"


def test_a_search_that_finds_little_goes_on_with_its_cursor(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.runtime.admin.event_log.ROWS", 2)
    for number in range(1, 6):
        record(desk, number, event_type="rare" if number == 5 else "push")
    pages, cursor = list[tuple[list[str], int]](), dict[str, Any]()
    while True:
        page = desk.call("GET", EVENTS, type="rare", **cursor)
        pages.append((ids(page, "events"), page.json["looked_at"]))
        if page.json["next_cursor"] is None:
            break
        cursor = {"cursor": page.json["next_cursor"]}
    assert pages == [([], 2), ([], 2), (["evt_5"], 1)]


def test_what_is_under_way_is_listed_and_of_that_what_has_failed(desk: Desk) -> None:
    record(desk, 1, "pending", due_at=2000.0)
    record(desk, 2, "pending", due_at=1000.0, attempts_made=3)
    record(desk, 3)
    assert ids(desk.call("GET", PENDING)) == ["evt_2", "evt_1"]
    failing = desk.call("GET", PENDING, failing="true")
    assert (ids(failing), failing.json["count"], failing.json["complete"]) == (["evt_2"], 1, True)


def test_an_id_is_found_whatever_it_stands_for(desk: Desk) -> None:
    event_id = record(desk, 1)
    desk.put_raw("Subscriptions", marshal({"tenant_id": TENANT, "subscription_id": "sub_1"}))
    desk.put_raw("Sources", marshal({"source_id": "gh", "tenant_id": TENANT}))
    desk.put_raw("Sources", marshal({"source_id": "theirs", "tenant_id": "other"}))
    paths = {
        event_id: "/admin/events/evt_1",
        f"{event_id}/sub_1": "/admin/events/evt_1/deliveries/sub_1",
        "sub_1": ONE,
        f"{TENANT}/sub_1": ONE,
        "gh": "/admin/sources/gh",
    }
    for text, path in paths.items():
        assert [one["path"] for one in desk.call("GET", FIND, id=text).json["found"]] == [path]
    for text in ("evt_9", f"{event_id}/sub_2", "theirs", "other/sub_1", "no such thing", "evt_1/"):
        assert desk.call("GET", FIND, id=text).json["code"] == "unknown_id", text
    assert desk.call("GET", FIND, id="x", source="nowhere").json["code"] == "unknown_source"
    assert desk.call("GET", FIND).json["field"] == "id"


def test_the_details_of_attempts_are_shown_with_those_of_replays_and_none_where_there_are_none(
    desk: Desk,
) -> None:
    record(desk, 1, "exhausted")
    table = AttemptDetailTable(desk.aws.dynamodb, "EventsTable", time.time)
    sent, answered = (("webhook-id", "evt_1"),), (("retry-after", "9"),)
    wire = Wire(sent, answered, False, ("ssm:/k",), "192.0.2.1", False, 1, 2, None, 4)
    for generation in (0, 1):
        key = DeliveryKey("evt_1", "sub_1", generation)
        table.put(AttemptDetails(key, TENANT, 1, time.time(), 40, wire, KEPT))
    path = "/admin/events/evt_1/deliveries/sub_1/attempts"
    first, second = desk.call("GET", path).json["attempts"]
    assert (first["generation"], second["generation"], first["number"]) == (0, 1, 1)
    assert first["request_headers"] == [{"name": "webhook-id", "value": "evt_1"}]
    assert first["answer_headers"] == [{"name": "retry-after", "value": "9"}]
    told = first["address"], first["signed_by"], first["tls_ms"], first["total_ms"]
    assert told == ("192.0.2.1", ["ssm:/k"], None, 40)
    assert desk.call("GET", path.replace("sub_1", "sub_2")).json == {"attempts": []}
