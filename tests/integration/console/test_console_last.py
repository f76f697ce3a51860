"""When a source's last event was accepted: a part of its page."""

from __future__ import annotations

import pytest

from doorbell.domain.rollups import ACCEPTED, Kind
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_totals import count
from tests.integration.ops.deployed import DAY, Doorbell

AT = "/sources/github/last"


@pytest.mark.parametrize("age", [600.0, 3.0 * DAY])
def test_it_is_the_newest_event_of_that_source(doorbell: Doorbell, browser: Browser, age: float) -> None:
    count(doorbell, Kind.SOURCE, "github", age, {ACCEPTED: 2})
    count(doorbell, Kind.SOURCE, "github", age + 7200, {ACCEPTED: 1})
    doorbell.event(1, age=age + 7200)
    mine = doorbell.event(2, age=age)
    doorbell.event(3, age=age, source_id="shop")
    page = browser.page(AT)
    assert f'href="/events/{mine}?tenant=acme"' in page
    assert "<time" in page
    assert 'data-part="/sources/github/last"' in browser.page("/sources/github")


def test_one_that_only_refused_has_accepted_nothing(doorbell: Doorbell, browser: Browser) -> None:
    assert "Nothing in 14 days." in browser.page(AT)
    count(doorbell, Kind.SOURCE, "github", 600, {"refused.signature_mismatch": 4})
    assert "Nothing in 14 days." in browser.page(AT)


def test_an_event_that_is_not_kept_any_more_leaves_the_five_minutes(
    doorbell: Doorbell, browser: Browser
) -> None:
    count(doorbell, Kind.SOURCE, "github", 7200, {ACCEPTED: 1})
    assert "In the five minutes that began" in browser.page(AT)


def test_a_source_that_is_not_there_has_no_such_page(browser: Browser) -> None:
    browser.page("/sources/nobody/last", 404)
