"""The admin API's counts: of five minutes, hours, days or all, page by page, and a tenant's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.domain.rollups import ANSWER, BUCKET_SECONDS, LATENCY, Counts, Holder, Kind
from doorbell.domain.scales import bucket_of
from doorbell.runtime.admin_api import iso
from doorbell.store.rollups.rollup_table import RollupTable
from tests.integration.admin_desk import Desk, close_desk, open_desk
from tests.integration.conftest import Aws

ORDERS = "/admin/tenants/acme/subscriptions/orders/stats"
GITHUB = "/admin/sources/github-main/stats"
HOUR, DAY = 3600, 86_400
MIDNIGHT = int(time.time()) // DAY * DAY - 3 * DAY
"""Of a day that is over."""
IT: dict[str, Any] = {"since": iso(MIDNIGHT), "until": iso(MIDNIGHT + DAY)}


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


def add(desk: Desk, at: float, counts: Counts, kind: Kind = Kind.SUBSCRIPTION, name: str = "orders") -> None:
    RollupTable(desk.aws.dynamodb, "RollupsTable", 14 * DAY).add(Holder(kind, "acme", name), int(at), counts)


def rows(desk: Desk, path: str, **query: Any) -> Any:
    answer = desk.call("GET", path, **query)
    assert answer.status == 200, answer.body
    return answer.json["stats"]


def test_a_subscription_s_counts_are_told_in_words_with_its_percentiles(desk: Desk) -> None:
    slow = {f"{ANSWER}{bucket_of(0.05)}": 94, f"{ANSWER}{bucket_of(3)}": 6}
    ends = {"delivered": 90, "exhausted": 1, "cancelled": 2, f"{LATENCY}{bucket_of(0.4)}": 90}
    add(desk, MIDNIGHT, {**ends, **slow, "failed.5xx": 4, "failed.timeout": 6, "held.parked": 3})
    assert rows(desk, ORDERS, **IT) == [
        {
            "at": iso(MIDNIGHT),
            "delivered": 90,
            "failed": {"timeout": 6, "5xx": 4},
            "exhausted": 1,
            "cancelled": 2,
            "held": {"parked": 3},
            "ingest_to_delivery_ms": {"p50": 512, "p95": 512, "p99": 512},
            "answer_ms": {"p50": 64, "p95": 4096, "p99": 4096},
        }
    ]


def test_a_source_s_counts_are_told_for_the_tenant_whose_it_is(desk: Desk) -> None:
    source = {"source_id": {"S": "github-main"}, "provider": {"S": "github"}, "tenant_id": {"S": "acme"}}
    desk.put_raw("Sources", source)
    counts = {"accepted": 7, "duplicates": 1, "refused.signature_mismatch": 2, "refused.body_too_large": 1}
    add(desk, MIDNIGHT, counts, Kind.SOURCE, "github-main")
    refused = {"signature_mismatch": 2, "body_too_large": 1}
    told = [{"at": iso(MIDNIGHT), "accepted": 7, "duplicates": 1, "refused": refused}]
    assert rows(desk, GITHUB, **IT) == told
    assert rows(desk, GITHUB, tenant_id="other", **IT) == []


def test_counts_of_own_events_and_of_a_source_that_is_gone_are_had_by_their_tenant(desk: Desk) -> None:
    add(desk, MIDNIGHT, {"accepted": 5}, Kind.SOURCE, "publish")
    assert desk.call("GET", "/admin/sources/publish/stats").status == 404
    (row,) = rows(desk, "/admin/sources/publish/stats", tenant_id="acme", **IT)
    assert row["accepted"] == 5


@pytest.mark.parametrize(
    ("by", "sums"), [("5m", [4, 3, 2, 1]), ("hour", [4, 3, 3]), ("day", [10]), ("all", [10])]
)
def test_counts_are_added_up_by_what_is_asked_for_newest_first(desk: Desk, by: str, sums: list[int]) -> None:
    for number, at in enumerate((0, BUCKET_SECONDS, HOUR, 23 * HOUR), 1):
        add(desk, MIDNIGHT + at, {"delivered": number})
    assert [row["delivered"] for row in rows(desk, ORDERS, by=by, **IT)] == sums
    found, query = list[int](), IT
    for _ in sums:
        page = desk.call("GET", ORDERS, by=by, limit=1, **query).json
        found += [row["delivered"] for row in page["stats"]]
        query = {"cursor": page["next_cursor"]}
    assert found == sums
    assert query["cursor"] is None


def test_hours_are_those_of_the_clock_and_the_five_minutes_that_since_is_in_count_as_a_whole(
    desk: Desk,
) -> None:
    for at in (0, 25 * 60, 65 * 60):
        add(desk, MIDNIGHT + at, {"delivered": 1})
    found = rows(desk, ORDERS, since=iso(MIDNIGHT + 29 * 60), until=IT["until"])
    assert [(row["at"], row["delivered"]) for row in found] == [
        (iso(MIDNIGHT + HOUR), 1),
        (iso(MIDNIGHT + 25 * 60), 1),
    ]


def test_without_a_time_it_is_the_last_day(desk: Desk) -> None:
    now = int(time.time())
    for at in (now - 25 * HOUR, now - 23 * HOUR, now):
        add(desk, at // BUCKET_SECONDS * BUCKET_SECONDS, {"delivered": 1})
    assert [row["delivered"] for row in rows(desk, ORDERS, by="all")] == [2]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"by": "week"}, "invalid"),
        ({"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, "time_range"),
        ({"cursor": "eyJvZiI6ICJvdGhlciJ9"}, "bad_cursor"),
        ({"limit": 0}, "invalid"),
        ({"form": "x"}, "invalid"),
        ({"tenant_id": "a/b"}, "invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(desk: Desk, query: dict[str, Any], code: str) -> None:
    path = GITHUB if "tenant_id" in query else ORDERS
    refused = desk.call("GET", path, **query)
    assert (refused.status, refused.json["code"]) == (422, code)


def test_a_cursor_is_good_for_its_own_holder_and_step_alone(desk: Desk) -> None:
    for at in (0, HOUR):
        add(desk, MIDNIGHT + at, {"delivered": 1})
    cursor = desk.call("GET", ORDERS, limit=1, **IT).json["next_cursor"]
    assert desk.call("GET", ORDERS, cursor=cursor).status == 200
    assert desk.call("GET", ORDERS, cursor=cursor, by="day").status == 422
    other = ORDERS.replace("acme", "acme.x")
    assert desk.call("GET", other, cursor=cursor).status == 422
