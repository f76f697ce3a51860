"""A subscription's page: who is in flight of how many, and its secrets and their rotation."""

from __future__ import annotations

import time

import pytest

from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_totals import rows
from tests.integration.ops.deployed import Doorbell

PAGE = "/subscriptions/acme/billing"
ONE, TWO = "ssm:/doorbell/acme-1", "secretsmanager:doorbell/acme-2"
LISTED = [ONE, TWO]


def flight(page: str) -> str:
    return page.partition("<dt>in flight</dt><dd>")[2].partition("</dd>")[0]


def test_it_tells_how_many_are_in_flight_of_how_many_with_no_call_more(
    doorbell: Doorbell, browser: Browser
) -> None:
    now = time.time()
    leases = {"one": now + 60, "two": now + 60, "dead": now - 1}
    doorbell.put(
        "EndpointsTable", {"subscription_id": "acme/billing", "in_flight": leases, "stay_seconds": 0.5}
    )
    doorbell.subscribe("billing", max_in_flight=10)
    browser.calls.clear()
    assert flight(browser.page(PAGE)) == "2 of 10; of late each stayed 500 ms"
    assert len(browser.calls) <= 6


def test_where_nobody_was_sent_to_or_there_is_no_limit_it_says_so(
    doorbell: Doorbell, browser: Browser
) -> None:
    assert flight(browser.page(PAGE)) == "not counted: it has no max_in_flight"
    doorbell.subscribe("billing", max_in_flight=3)
    assert flight(browser.page(PAGE)) == "0 of 3"
    doorbell.subscribe("billing", max_in_flight="many")
    assert flight(browser.page(PAGE)) == "", "a broken item has no limit"


@pytest.mark.parametrize(
    ("signing", "further"),
    [
        ("standard", "signs too, until the rotation is finished"),
        ("github", "not sent: signing github has room for one"),
    ],
)
def test_a_rotation_under_way_is_told_with_what_each_secret_is_for(
    doorbell: Doorbell, browser: Browser, signing: str, further: str
) -> None:
    doorbell.subscribe("billing", secrets=[ONE], signing=signing, updated_at=int(time.time()) - 7200)
    page = browser.page(PAGE)
    assert rows(page, "secrets") == [[ONE, f"signs ({signing})"]]
    assert "No rotation is under way." in page
    assert "In use unchanged since <time" in page
    assert ">2 h ago</time> at least" in page
    doorbell.subscribe("billing", secrets=LISTED, signing=signing)
    page = browser.page(PAGE)
    assert rows(page, "secrets") == [[ONE, f"signs ({signing})"], [TWO, further]]
    assert "A rotation is under way" in page
    assert f'<a href="{PAGE}/rotate">Finish it</a>' in page
    assert "In use unchanged since when: not known." in page


def test_secrets_are_told_without_reading_one(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.subscribe("billing", secrets=LISTED, signing="standard")
    browser.calls.clear()
    page = browser.page(PAGE)
    assert not {"GetParameter", "GetSecretValue", "Decrypt"} & set(browser.calls)
    assert len(browser.calls) <= 6
    assert "How old the secret itself is: not known" in page


@pytest.mark.parametrize("secrets", ["whsec_in_the_wrong_place", ["whsec_in_the_wrong_place"], 7])
def test_a_secret_in_the_place_of_a_reference_is_not_shown(
    doorbell: Doorbell, browser: Browser, secrets: object
) -> None:
    doorbell.subscribe("billing", secrets=secrets, signing="standard")
    page = browser.page(PAGE)
    assert "wrong_place" not in page
    assert '<table class="secrets">' not in page


def test_without_any_it_says_so(browser: Browser) -> None:
    assert "<p>It has none.</p>" in browser.page(PAGE)
