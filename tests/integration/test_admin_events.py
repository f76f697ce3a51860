"""The admin API's other half: events, deliveries, what was missed, replay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.deliveries import Attempt, DeliveryKey, State
from doorbell.domain.events import BodyAt
from doorbell.runtime.admin_api import iso
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.events import EventTable
from tests.integration.admin_desk import Desk, close_desk, open_desk
from tests.integration.conftest import Aws
from tests.support.builders import TENANT, a_delivery, a_stored_event, an_incoming

EVENTS = f"/admin/tenants/{TENANT}/events"
UNDELIVERED = f"/admin/tenants/{TENANT}/subscriptions/sub_1/undelivered"
KEPT = int(time.time()) + 86_400
BODY = b'{"secret":"of the sender"}'


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


def record(desk: Desk, event_id: str, ago: float, **delivery: Any) -> None:
    """An event of some seconds ago and its delivery to sub_1."""
    now = time.time()
    incoming = an_incoming(BODY, event_id=event_id, received_at=now - ago)
    event = a_stored_event(incoming, created_at=now - ago, expires_at=int(now) + 3600)
    EventTable(desk.aws.dynamodb, "EventsTable").put_new(event)
    ended = {"state": State.EXHAUSTED, "due_at": None, "ended_at": now - ago + 1, "reason": "schedule"}
    made = a_delivery(key=DeliveryKey(event_id, "sub_1"), created_at=now - ago, **{**ended, **delivery})
    desk.put_ended(replace(made, expires_at=event.expires_at))


def test_events_are_listed_newest_first_page_by_page_and_of_the_last_day(desk: Desk) -> None:
    for n in range(5):
        record(desk, f"evt_{n}", ago=60 * n + 10)
    record(desk, "evt_old", ago=2 * 86_400)
    seen: list[str] = []
    page = desk.call("GET", EVENTS, limit=2).json
    while True:
        seen += [row["event_id"] for row in page["events"]]
        if page["next_cursor"] is None:
            break
        page = desk.call("GET", EVENTS, limit=2, cursor=page["next_cursor"]).json
    assert seen == [f"evt_{n}" for n in range(5)]


def test_a_body_is_shown_as_text_with_its_headers_and_a_long_one_as_a_link_to_text(desk: Desk) -> None:
    record(desk, "evt_1", ago=10)
    shown = desk.call("GET", "/admin/events/evt_1/body")
    assert shown.json["body"] == BODY.decode()
    assert shown.json["headers"] == {"content-type": "application/json"}
    assert shown.headers["x-content-type-options"] == "nosniff"
    long = an_incoming(BodyAt(2_000_000, key="acme/ing_2"), event_id="evt_2", received_at=time.time())
    event = a_stored_event(long, created_at=time.time(), expires_at=KEPT)
    EventTable(desk.aws.dynamodb, "EventsTable").put_new(event)
    linked = desk.call("GET", "/admin/events/evt_2/body").json
    assert linked["body"] is None
    assert "/acme/ing_2?" in linked["link"]
    assert "response-content-type=text%2Fplain" in linked["link"]
    assert desk.call("GET", "/admin/events/evt_3/body").json["code"] == "unknown_event"


def test_a_range_finds_what_is_older_and_leaves_out_what_is_newer(desk: Desk) -> None:
    record(desk, "evt_new", ago=10)
    record(desk, "evt_old", ago=2 * 86_400)
    now = time.time()
    found = desk.call("GET", EVENTS, since=iso(now - 3 * 86_400), until=iso(now - 86_400)).json
    assert [(row["event_id"], row["source_id"]) for row in found["events"]] == [("evt_old", "github-main")]
    turned = desk.call("GET", EVENTS, since=iso(now), until=iso(now - 60))
    assert (turned.status, turned.json["code"]) == (422, "time_range")


def test_an_event_is_shown_with_its_attempts_and_without_its_body_and_headers(desk: Desk) -> None:
    attempt = Attempt(1, time.time() - 5, 12, 500, None, "", "no")
    record(desk, "evt_1", 10, attempts=(attempt,))
    story = desk.call("GET", "/admin/events/evt_1")
    (delivery,) = story.json["deliveries"]
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("exhausted", 500)
    assert "of the sender" not in story.body
    assert desk.call("GET", "/admin/events/evt_1/deliveries/sub_1").json["deliveries"] == [delivery]
    assert desk.call("GET", "/admin/events/evt_1/deliveries/sub_2").json["code"] == "unknown_delivery"
    assert desk.call("GET", "/admin/events/evt_2").json["code"] == "unknown_event"


def test_why_one_did_not_get_an_event_is_answered_from_its_subscription(desk: Desk) -> None:
    record(desk, "evt_1", ago=10)
    item = {"tenant_id": TENANT, "subscription_id": "sub_9", "url": "https://example.com/", "signing": "none"}
    desk.put_raw("Subscriptions", marshal({**item, "filter": "body.secret == 'other'", "created_at": 1}))
    answer = desk.call("GET", "/admin/events/evt_1/deliveries/sub_9/why")
    assert answer.status == 200
    assert answer.json == {
        "event_id": "evt_1",
        "subscription_id": "sub_9",
        "routed": True,
        "recorded": None,
        "now": {"reason": "filter", "detail": ""},
        "exists": True,
        "problem": None,
        "changed_since": False,
        "written_at": "1970-01-01T00:00:01.000Z",
    }
    assert desk.call("GET", "/admin/events/evt_9/deliveries/sub_9/why").status == 404


def test_an_event_of_many_deliveries_is_shown_page_by_page(desk: Desk) -> None:
    record(desk, "evt_1", 10)
    for n in range(2, 8):
        desk.put_ended(a_delivery(f"sub_{n}", ended_at=time.time(), reason="gone", expires_at=KEPT))
    seen: list[str] = []
    page = desk.call("GET", "/admin/events/evt_1", limit=3).json
    foreign = desk.call("GET", "/admin/events/evt_2", cursor=page["next_cursor"])
    assert (foreign.status, foreign.json["code"]) == (422, "bad_cursor")
    while True:
        assert len(page["deliveries"]) <= 3
        assert page["event_id"] == "evt_1"
        seen += [delivery["subscription_id"] for delivery in page["deliveries"]]
        if page["next_cursor"] is None:
            break
        page = desk.call("GET", "/admin/events/evt_1", limit=3, cursor=page["next_cursor"]).json
    assert seen == [f"sub_{n}" for n in range(1, 8)]


def test_what_a_subscription_missed_is_listed_earliest_first_and_by_state(desk: Desk) -> None:
    for n in range(3):
        record(desk, f"evt_{n}", ago=60 * n + 10)
    record(desk, "evt_c", 500, state=State.CANCELLED, reason="gone")
    first = desk.call("GET", UNDELIVERED, limit=3).json
    second = desk.call("GET", UNDELIVERED, limit=3, cursor=first["next_cursor"]).json
    rows = first["missed"] + second["missed"]
    assert [row["event_id"] for row in rows] == ["evt_c", "evt_2", "evt_1", "evt_0"]
    assert second["next_cursor"] is None
    gone = desk.call("GET", UNDELIVERED, state="cancelled").json["missed"]
    assert [(row["event_id"], row["reason"]) for row in gone] == [("evt_c", "gone")]
    assert desk.call("GET", UNDELIVERED.replace("sub_1", "sub_2")).json["missed"] == []


def test_one_delivery_is_replayed_once_and_its_message_is_sent(desk: Desk) -> None:
    record(desk, "evt_1", 10)
    path = "/admin/events/evt_1/deliveries/sub_1/replay"
    replayed = desk.call("POST", path)
    assert (replayed.status, replayed.json["generation"], replayed.json["state"]) == (202, 1, "pending")
    again = desk.call("POST", path)
    assert (again.status, again.json["code"]) == (409, "delivery_pending")
    url = desk.aws.sqs.get_queue_url(QueueName="DeliveriesQueue")["QueueUrl"]
    assert len(desk.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 1


def test_dynamodb_that_does_not_answer_is_503_and_the_log_says_so(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.aws.dynamodb.delete_table(TableName="EventsTable")
    answer = desk.call("GET", "/admin/events/evt_1")
    assert (answer.status, answer.json["code"]) == (503, "try_again")
    assert answer.headers["retry-after"] == "5"
    assert [one.levelname for one in caplog.records if one.message == "admin_unavailable"] == ["ERROR"]
