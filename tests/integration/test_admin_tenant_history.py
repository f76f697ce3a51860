"""The admin API's list of what became of a tenant's deliveries, and cursors bound to their filters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.deliveries import DeliveryKey, State
from doorbell.domain.history import history_shelf
from doorbell.domain.rollups import Holder, Kind
from doorbell.runtime.admin.cursors import OTHER_FILTERS
from doorbell.runtime.admin_api import iso
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.events import EventTable
from doorbell.store.rollups.rollup_table import RollupTable
from tests.integration.admin_desk import Desk, Reply, close_desk, open_desk
from tests.integration.conftest import Aws
from tests.support.builders import TENANT, a_delivery, a_stored_event, an_incoming

ALL = f"/admin/tenants/{TENANT}/deliveries"
ONE = f"/admin/tenants/{TENANT}/subscriptions/sub_1"
KEPT = int(time.time()) + 86_400
NAMES = [f"sub_{n}" for n in range(1, 5)]


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    opened = open_desk(aws, monkeypatch)
    for name in NAMES:
        opened.put_raw("Subscriptions", marshal({"tenant_id": TENANT, "subscription_id": name}))
    yield opened
    close_desk()


def ended(desk: Desk, minutes: int, name: str, state: str = "delivered", **told: Any) -> tuple[str, str]:
    """A delivery to `name` that ended so long ago."""
    made = a_delivery(key=DeliveryKey(f"evt_{minutes}", name), state=State(state), expires_at=KEPT)
    at = time.time() - 60 * minutes
    values = {**delivery_values(replace(made, event_type="push"), 32), **told}
    ending = {"due_at": None, "due_shard": None, "shelf": history_shelf(made), "shelf_at": at}
    desk.put_raw("Events", marshal({**values, **ending}))
    return f"evt_{minutes}", name


def names(reply: Reply) -> list[tuple[str, str]]:
    assert reply.status == 200, reply.body
    return [(row["event_id"], row["subscription_id"]) for row in reply.json["deliveries"]]


def pages(desk: Desk, **query: Any) -> list[tuple[str, str]]:
    found, cursor = list[tuple[str, str]](), dict[str, Any]()
    while True:
        page = desk.call("GET", ALL, **query, **cursor)
        found += names(page)
        if page.json["next_cursor"] is None:
            return found
        cursor = {"cursor": page.json["next_cursor"]}


def test_all_that_ended_of_a_tenant_is_listed_newest_first_page_by_page(desk: Desk) -> None:
    made = [ended(desk, n, NAMES[n % 4], "exhausted" if n % 3 else "delivered") for n in range(1, 12)]
    ended(desk, 2, "sub_9")  # deleted meanwhile
    other = a_delivery(key=DeliveryKey("evt_x", "sub_1"), tenant_id="other", state=State.DELIVERED)
    shelf = {"shelf": history_shelf(other), "shelf_at": time.time() - 60}
    desk.put_raw("Events", marshal({**delivery_values(other, 32), **shelf}))
    for limit in (1, 2, 100):
        assert pages(desk, limit=limit) == made
    assert pages(desk, limit=2, state="exhausted") == [one for n, one in enumerate(made, 1) if n % 3]
    assert pages(desk, subscription="sub_9") == [("evt_2", "sub_9")]
    assert pages(desk, subscription="sub_1,sub_2", limit=3) == [m for m in made if m[1] in ("sub_1", "sub_2")]


def test_it_is_narrowed_by_the_answer_the_error_the_type_and_the_time(desk: Desk) -> None:
    first = ended(desk, 1, "sub_1", status=204, event_type="invoice.paid")
    second = ended(desk, 2, "sub_2", "exhausted", status=503, event_type="invoice.sent")
    third = ended(desk, 3, "sub_3", "cancelled", error="timeout")
    assert names(desk.call("GET", ALL, status="5xx")) == [second]
    assert names(desk.call("GET", ALL, error="timeout")) == [third]
    assert names(desk.call("GET", ALL, type="invoice.*")) == [first, second]
    assert names(desk.call("GET", ALL, until=iso(time.time() - 90))) == [second, third]


def test_what_ended_without_success_before_histories_is_there_too(desk: Desk) -> None:
    values: dict[str, Any] = {
        "due_at": None,
        "ended_at": time.time() - 60,
        "reason": "age",
        "expires_at": KEPT,
    }
    desk.put_ended(a_delivery("sub_3", state=State.EXHAUSTED, **values))
    (row,) = desk.call("GET", ALL).json["deliveries"]
    assert (row["subscription_id"], row["state"], row["told"]) == ("sub_3", "exhausted", False)


def test_a_tenant_with_more_than_a_page_merges_is_asked_to_name_some(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.runtime.admin.history.MOST_SUBSCRIPTIONS", 3)
    ended(desk, 1, "sub_2")
    refused = desk.call("GET", ALL)
    assert (refused.status, refused.json["code"]) == (422, "too_many_subscriptions")
    assert "subscription=" in refused.json["detail"]
    assert names(desk.call("GET", ALL, subscription="sub_2")) == [("evt_1", "sub_2")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "6xx"}, "status"),
        ({"state": "pending"}, "state"),
        ({"subscription": "a b"}, "subscription"),
        ({"subscription": ",".join(f"s{n}" for n in range(101))}, "subscription"),
        ({"subscriptions": "a"}, "subscriptions"),
        ({"limit": "501"}, "limit"),
    ],
)
def test_a_filter_that_is_wrong_is_named(desk: Desk, query: dict[str, Any], field: str) -> None:
    reply = desk.call("GET", ALL, **query)
    assert (reply.status, reply.json["field"].partition(".")[0]) == (422, field)


FILTERS = [
    (ALL, {}, {"state": "delivered"}),
    (ALL, {"status": "204"}, {"status": "2xx"}),
    (ALL, {"type": "push"}, {}),
    (ALL, {}, {"subscription": "sub_1"}),
    (ALL, {"subscription": "sub_1"}, {"subscription": "sub_1,sub_2"}),
    (f"{ONE}/deliveries", {}, {"state": "delivered"}),
    (f"{ONE}/deliveries", {"type": "push"}, {"type": "p*"}),
    (f"{ONE}/undelivered", {}, {"state": "exhausted"}),
    (f"/admin/tenants/{TENANT}/events", {}, {"source": "github-main"}),
    (f"/admin/tenants/{TENANT}/events", {"type": "push"}, {"type": "*"}),
    (f"{ONE}/stats", {"by": "5m"}, {"by": "hour"}),
    ("/admin/sources", {"tenant_id": TENANT}, {}),
]


@pytest.mark.parametrize(("path", "began", "asked"), FILTERS)
def test_a_cursor_goes_on_with_its_own_filters_only(
    desk: Desk, path: str, began: dict[str, Any], asked: dict[str, Any]
) -> None:
    fill(desk)
    first = desk.call("GET", path, limit=1, **began)
    cursor = first.json["next_cursor"]
    assert cursor is not None, first.body
    assert desk.call("GET", path, limit=1, cursor=cursor, **began).status == 200
    refused = desk.call("GET", path, limit=1, cursor=cursor, **asked)
    assert (refused.status, refused.json["code"], refused.json["detail"]) == (
        422,
        "bad_cursor",
        OTHER_FILTERS,
    )


def fill(desk: Desk) -> None:
    """Three of everything that is listed."""
    for number in range(1, 4):
        ended(desk, number, "sub_1", status=204)
        at = time.time() - 60 * number
        missed: dict[str, Any] = {"due_at": None, "ended_at": at, "reason": "age", "expires_at": KEPT}
        key = DeliveryKey(f"evt_m{number}", "sub_1")
        desk.put_ended(a_delivery(key=key, state=State.EXHAUSTED, **missed))
        event = a_stored_event(an_incoming(event_id=f"evt_{number}"), created_at=at, expires_at=KEPT)
        EventTable(desk.aws.dynamodb, "EventsTable").put_new(event)
        desk.put_raw("Sources", marshal({"source_id": f"s{number}", "tenant_id": TENANT}))
        counts, holder = RollupTable(desk.aws.dynamodb, "RollupsTable", 86_400), (TENANT, "sub_1")
        bucket = int(time.time()) // 300 * 300 - 300 * number
        counts.add(Holder(Kind.SUBSCRIPTION, *holder), bucket, {"delivered": 1})
