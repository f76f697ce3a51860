"""Home and a subscription's page: each number stands under its title, the newest trouble first, and where a
walk stopped is said."""

from __future__ import annotations

import re
from html import unescape

import pytest

from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage
from doorbell.domain.rollups import Kind
from doorbell.domain.scales import BOUNDS_MS
from doorbell_cli.console.views import home as home_view
from doorbell_cli.ops.counts import duration
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_event import waiting
from tests.integration.console.test_console_totals import count
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_status import parked, pending


def table_behind(page: str, mark: str) -> list[dict[str, str]]:
    """Each row of the first table behind it, by its titles."""
    text = page.partition(mark)[2].partition("<table")[2].partition("</table>")[0]
    titles = re.findall(r"<th[^>]*>([^<]*)</th>", text.partition("<tbody>")[0])
    found = []
    for row in text.partition("<tbody>")[2].split("</tr>")[:-1]:
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        texts = (" ".join(unescape(re.sub("<[^>]+>", " ", cell)).split()) for cell in cells)
        found.append(dict(zip(titles, texts, strict=True)))
    return found


def tiles(page: str) -> dict[str, str]:
    found = re.findall(r"<div><dt>([^<]*)</dt><dd[^>]*>(?:<a[^>]*>)?([^<]*)<", page)
    return dict(found)


def test_each_subscription_has_its_own_numbers_each_under_its_title(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.subscribe("books")
    for number in range(5):
        pending(doorbell, number, failures=0 if number < 2 else 1, to="books")
    for number in range(4):
        doorbell.event(number, to="books", state="exhausted")
    doorbell.event(9)
    page = browser.page("/?tenant=acme")
    by_name = {row["Subscription"]: row for row in table_behind(page, 'id="subscriptions"')}
    books, billing = by_name["books"], by_name["billing"]
    assert [books[title] for title in ("Waiting", "Failing", "Lost")] == ["5", "3", "4"]
    assert [billing[title] for title in ("Waiting", "Failing", "Lost")] == ["0", "0", "0"]
    assert [tiles(page)[title] for title in ("Waiting", "Of them failed before", "Lost in 7 days")] == [
        "5", "3", "4",
    ]  # fmt: skip
    assert "It stopped after" not in page


def test_what_is_wrong_is_told_the_newest_first_with_its_first_and_its_last_failure(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.subscribe("books")
    event_id = doorbell.event(1, to="other")
    waiting(doorbell, event_id, "books", tries=1)
    pending(doorbell, 300, failures=1)  # failed later
    parked(doorbell, 600)
    found = table_behind(browser.page("/?tenant=acme"), 'id="wrong"')
    assert [row["Endpoint"] for row in found] == ["billing", "books"]
    assert re.match(r"50 min", found[0]["First"]), "an hour before it is let out"
    assert re.match(r"3 min", found[0]["Last"])


def test_where_a_walk_stopped_it_says_so_and_after_how_many(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        pending(doorbell, number)
    client = doorbell.target.client("dynamodb")
    real = client.scan
    monkeypatch.setattr(
        client, "scan", lambda **call: real(**{**call, "Limit": 1} if "due" in call.values() else call)
    )
    page = browser.page("/?tenant=acme")
    assert "It stopped after 3 pending deliveries of the stack." in page
    assert tiles(page)["Waiting"] == "3+"


def test_of_many_that_fail_it_says_how_many_are_left_out(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_view, "ROWS", 2)
    for name in ("a", "b", "c", "d", "e"):
        doorbell.subscribe(name)
        pending(doorbell, ord(name), failures=1, to=name)
    page = browser.page("/?tenant=acme")
    assert len(table_behind(page, 'id="wrong"')) == 2
    assert "3 more endpoints fail, longer ago." in page


def test_half_of_what_was_delivered_and_95_of_100_stand_under_their_own_titles(
    doorbell: Doorbell, browser: Browser
) -> None:
    count(doorbell, Kind.SUBSCRIPTION, "billing", 600, {"delivered": 20, "l4": 10, "l20": 10})
    hour = table_behind(browser.page("/parts/totals?tenant=acme"), 'id="part"')[0]
    assert [hour["p50"], hour["p95"]] == [duration(BOUNDS_MS[number]) for number in (4, 20)]


def test_a_subscription_s_page_says_of_each_that_was_lost_how_it_ended_and_why(
    doorbell: Doorbell, browser: Browser
) -> None:
    event_id = doorbell.event(1, state="exhausted", age=600)
    (row,) = table_behind(browser.page("/subscriptions/acme/billing"), 'id="lost"')
    assert [row[title] for title in ("Event", "State", "Why")] == [event_id, "exhausted", "schedule"]
    pending(doorbell, 300, failures=3)
    (row,) = table_behind(browser.page("/subscriptions/acme/billing"), 'id="failing"')
    assert (row["Attempts"], row["Last error"]) == ("3 of 10", "500 'out of order 300'")
    assert re.match(r"3 min .* ago", row["Last"])
    assert re.match(r"in (1 min|\d+ s)", row["Next"])


def test_a_clean_record_is_offered_to_who_has_failed_and_to_nobody_else(
    doorbell: Doorbell, browser: Browser
) -> None:
    offer = "Give it a clean record"
    assert offer not in browser.page("/subscriptions/acme/billing")
    parked(doorbell, 600)
    assert offer in browser.page("/subscriptions/acme/billing")


def test_an_event_s_page_says_how_many_more_said_no_than_are_named(
    doorbell: Doorbell, browser: Browser
) -> None:
    named = Match("books", Reason.FILTER)
    routing = RoutingPage((Match("billing", Reason.MATCHED), named), filtered=4, failed=2)
    event_id = doorbell.event(1, routing=routing)
    assert "5 more with the right source and type" in browser.page(f"/events/{event_id}?tenant=acme")
