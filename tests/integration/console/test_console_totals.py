"""Home's totals of the last hour, day and week, and how long deliveries took."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from doorbell.domain.rollups import SPREAD, Counts, Holder, Kind, bucket_at
from doorbell.domain.scales import BOUNDS_MS
from doorbell.domain.summaries import Rollup
from doorbell.store.rollups.rollup_table import RollupTable
from doorbell_cli.ops import tenant_counts
from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.counted import Load
from doorbell_cli.ops.counts import duration
from doorbell_cli.ops.measured import from_counts, parameters_of
from doorbell_cli.ops.month_cost import month_cost
from doorbell_cli.ops.tenant_counts import TenantCounts
from tests.integration.console.conftest import Browser, Opened
from tests.integration.console.test_console_tenants import source
from tests.integration.ops.deployed import DAY, Doorbell

TOTALS = "/parts/totals?tenant=acme"
HOUR = 3600


def count(
    doorbell: Doorbell, kind: Kind, name: str, age: float, counts: Counts, tenant: str = "acme"
) -> None:
    table = RollupTable(doorbell.target.client("dynamodb"), "RollupsTable", 14 * DAY)
    table.add(Holder(kind, tenant, name), bucket_at(time.time() - age), counts)


def rows(page: str, css: str) -> list[list[str]]:
    """The cells of the table's rows, as text."""
    body = page.partition(f'<table class="{css}">')[2].partition("</table>")[0].partition("<tbody>")[2]
    texts = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in body.split("</tr>")[:-1]]
    return [[re.sub(r"<[^>]*>", "", text) for text in row] for row in texts]


def test_home_adds_up_the_hour_the_day_and_the_week_of_all_that_a_tenant_has(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.subscribe("books")
    source(doorbell, "shop", "acme")
    source(doorbell, "theirs", "other")
    for age, number in ((600, 1), (5 * HOUR, 10), (3 * DAY, 100), (8 * DAY, 1000)):
        count(doorbell, Kind.SOURCE, "github", age, {"accepted": number})
        count(doorbell, Kind.SOURCE, "shop", age, {"accepted": number})
        count(doorbell, Kind.SOURCE, "publish", age, {"accepted": number})
        count(doorbell, Kind.SOURCE, "theirs", age, {"accepted": 7}, "other")
        count(doorbell, Kind.SUBSCRIPTION, "billing", age, {"delivered": 2 * number, "l10": 2 * number})
        count(doorbell, Kind.SUBSCRIPTION, "books", age, {"exhausted": number, "failed.5xx": 3 * number})
    page = browser.page(TOTALS)
    took = duration(BOUNDS_MS[10])
    assert rows(page, "totals") == [
        ["hour", "3", "2", "3: 3 5xx", "1", took, took],
        ["day", "33", "22", "33: 33 5xx", "11", took, took],
        ["7 days", "333", "222", "333: 333 5xx", "111", took, took],
    ]
    assert "Of 2 sources and 2 subscriptions, and of what is published." in page


def test_how_long_deliveries_took_is_a_picture_and_a_table_of_the_same_hours(
    doorbell: Doorbell, browser: Browser
) -> None:
    count(doorbell, Kind.SUBSCRIPTION, "billing", 2 * HOUR, {"delivered": 20, "l4": 10, "l20": 10})
    count(doorbell, Kind.SUBSCRIPTION, "billing", 3 * HOUR, {"delivered": 5, "l8": 5})
    page = browser.page(TOTALS)
    told = [duration(BOUNDS_MS[number]) for number in (4, 20, 8)]
    assert page.count("<title>") == 1 + 4, "of the page, and of a point of each line in two hours"
    assert f"p50 {told[0]}, p95 {told[1]}, of 20 delivered</title>" in page
    hours = rows(page, "paces")
    assert len(hours) == 24
    assert [row[1:] for row in hours if row[1] != "0"] == [["20", *told[:2]], ["5", told[2], told[2]]]
    assert [row[1:] for row in hours if row[1] == "0"] == [["0", "-", "-"]] * 22


def test_the_totals_are_read_after_home_and_within_a_bound(
    doorbell: Doorbell, browser: Browser, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.subscribe("books")
    browser.calls.clear()
    assert 'data-part="/parts/totals?tenant=acme"' in browser.page("/?tenant=acme")
    assert len(browser.calls) <= 6
    browser.calls.clear()
    browser.page(TOTALS)
    assert browser.before_first_byte == 0
    assert sorted(browser.calls) == ["Query"] * (1 + SPREAD * 4) + ["Scan"]
    monkeypatch.setattr(tenant_counts, "MOST", 1)
    browser = opened()
    browser.calls.clear()
    page = browser.page(TOTALS)
    assert "Of 1 sources and 1 subscriptions, and of what is published, the first: there are more." in page
    assert len(browser.calls) == 2 + SPREAD * 3


def test_where_nothing_happened_there_is_no_picture_and_where_nothing_is_counted_it_is_said(
    doorbell: Doorbell, browser: Browser, opened: Opened
) -> None:
    page = browser.page("/parts/totals?tenant=nobody")
    assert [row[1] for row in rows(page, "totals")] == ["0", "0", "0"]
    assert "<svg" not in page
    assert "RollupsTableName" in opened(RollupsTableName=None).page(TOTALS)


def test_a_class_that_is_no_word_is_shown_and_does_nothing(doorbell: Doorbell, browser: Browser) -> None:
    count(doorbell, Kind.SUBSCRIPTION, "billing", 60, {"failed.<script>alert(1)</script>\u202e": 1})
    page = browser.page(TOTALS)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_the_month_costs_the_share_of_it_that_has_passed(doorbell: Doorbell) -> None:
    now = datetime(2026, 6, 11, tzinfo=UTC).timestamp()
    began = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    counted = Rollup(began, {"accepted": 1_000_000, "delivered": 1_000_000, "t10": 1_000_000})
    found = TenantCounts(counted, counted, counted, counted, [], 1, 1, False, 1, 10)
    cost = month_cost(doorbell.target, found, now)
    whole = replace(Load(3_000_000, 1, 4096, 0, providers=1), latency_ms=cost_latency(counted))
    whole = replace(whole, **parameters_of(doorbell.target.parameters))
    usd = sum(line.usd for line in bill(whole))
    assert cost.of_events + cost.of_stack == pytest.approx(usd / 3)
    idle = sum(line.usd for line in bill(replace(whole, events=0)))
    assert cost.of_stack == pytest.approx(idle / 3)
    assert (cost.began, cost.counted_since, cost.events) == (began, began, 1_000_000)
    late = month_cost(doorbell.target, found, now + 10 * DAY)
    assert late.counted_since == now - 4 * DAY, "of the 14 days for which counts are kept"
    off = replace(doorbell.target, parameters={"RollupDays": "0"})
    assert not month_cost(off, found, now).is_counted


def cost_latency(counted: Rollup) -> float:
    return from_counts(Load(0, 0, 0, 0), counted, counted).latency_ms


def test_totals_and_cost_are_read_once_for_both(doorbell: Doorbell, opened: Opened) -> None:
    doorbell.subscribe("books")
    count(doorbell, Kind.SOURCE, "github", 60, {"accepted": 2_000_000})
    count(doorbell, Kind.SUBSCRIPTION, "books", 60, {"delivered": 2_000_000, "t10": 2_000_000})
    browser = opened()
    browser.page(TOTALS)
    browser.calls.clear()
    page = browser.page("/parts/cost?tenant=acme")
    assert browser.calls == []
    assert "2,000,000 events" in page
    by_service = {row[0]: float(row[1].replace(",", "").replace("< ", "")) for row in rows(page, "cost")}
    assert by_service["DynamoDB"] > by_service["SQS"] > 0
    browser.page(TOTALS.replace("acme", "other"))
    assert browser.calls, "another tenant's are its own"


def test_the_secrets_of_sources_and_of_subscriptions_are_counted(doorbell: Doorbell) -> None:
    doorbell.subscribe("books", secrets=["ssm:/doorbell/a", "ssm:/doorbell/b"])
    doorbell.subscribe("theirs", "other", secrets=["ssm:/doorbell/c"])
    source = {"source_id": "shop", "provider": "github", "tenant_id": "acme"}
    doorbell.put("SourcesTable", {**source, "secrets": ["ssm:/doorbell/d"]})
    assert tenant_counts.tenant_counts(doorbell.target, "acme", time.time()).secrets == 3
