"""A subscription's page, and `doorbell status`, tell how its endpoint was in the last day."""

from __future__ import annotations

import time

from doorbell.domain.conditions import Changed
from doorbell.domain.own_events import PARKED, RECOVERED
from doorbell.store.health.changes import ChangeTable
from doorbell_cli.configuration import SUBSCRIPTION
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_totals import rows
from tests.integration.ops.deployed import Doorbell

PAGE = "/subscriptions/acme/billing"


def outage(doorbell: Doorbell, ago: float = 7200, why: str = "503") -> None:
    table, at = ChangeTable(doorbell.target.client("dynamodb"), "EndpointsTable"), time.time() - ago
    table.add("acme/billing", Changed(at, PARKED, why))
    table.add("acme/billing", Changed(at + 1800, RECOVERED))


def states(page: str) -> list[tuple[str, str]]:
    return [(row[0].strip(), row[3]) for row in rows(page, "states")]


def test_when_it_was_parked_and_why_is_shown_as_a_strip_and_as_a_table(
    doorbell: Doorbell, browser: Browser
) -> None:
    outage(doorbell)
    browser.calls.clear()
    page = browser.page(PAGE)
    assert len(browser.calls) <= 6
    assert states(page) == [("healthy", "–"), ("parked", "503"), ("healthy", "–")]
    assert 'aria-label="Its state in the last 24 hours"' in page
    assert "UTC (503)</title>" in page
    told = doorbell.json("status", "acme/billing")["last_day"]
    assert [(one["state"], one["reason"]) for one in told] == [
        ("healthy", None), ("parked", "503"), ("healthy", None),
    ]  # fmt: skip
    assert "(503)" in doorbell.run("status", "acme/billing").stdout


def test_where_nothing_went_wrong_it_says_so(doorbell: Doorbell, browser: Browser) -> None:
    assert states(browser.page(PAGE)) == [("healthy", "–")]
    assert "healthy throughout" in doorbell.run("status", "acme/billing").stdout


def test_a_pause_and_a_time_off_are_on_record_when_they_are_over(
    doorbell: Doorbell, browser: Browser
) -> None:
    now = int(time.time())
    doorbell.subscribe("billing", paused=True, paused_at=now - 7200)
    assert states(browser.page(PAGE)) == [("paused", "–"), ("healthy", "–")]
    browser.send(f"{PAGE}/resume")
    doorbell.subscribe("billing", enabled=False, disabled_at=now - 60)
    assert states(browser.page(PAGE))[0] == ("disabled", "–")
    browser.send(f"{PAGE}/switch", to="enable")
    found = SUBSCRIPTION.table(doorbell.target).get("acme", "billing")
    assert found is not None
    assert found.values.get("enabled", True) is True
    assert [state for state, _ in states(browser.page(PAGE))] == [
        "healthy", "disabled", "paused", "healthy",
    ]  # fmt: skip


def test_what_an_endpoint_answered_that_it_was_parked_for_never_acts(
    doorbell: Doorbell, browser: Browser
) -> None:
    outage(doorbell, why="<script>alert(1)</script>\u202e")
    page = browser.page(PAGE)
    assert "<script>alert" not in page
    assert "\u202e" not in page
