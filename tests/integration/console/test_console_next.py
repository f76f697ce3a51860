"""What happens next, and when: home and a subscription's page at night."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from doorbell.store.dynamodb.tables import unmarshal
from tests.integration.console.conftest import Browser
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_status import parked, pending


def change(doorbell: Doorbell, event_id: str, to: str, **changes: Any) -> None:
    item = unmarshal(doorbell.items(event_id)[f"delivery#{to}"])
    doorbell.put("EventsTable", {**item, **changes})


def next_of(home: str) -> list[str]:
    """The last cell of each row of what is wrong, as text."""
    table = home.partition('<table class="stacked"')[2].partition("</table>")[0]
    cells = re.findall(r'data-name="What happens next">(.*?)</td>', table, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def test_home_tells_the_attempt_that_comes_soonest_not_that_of_who_failed_most(
    doorbell: Doorbell, browser: Browser
) -> None:
    now = time.time()
    for number, failures, wait in ((1, 9, 8 * 3600), (2, 1, 330), (3, 5, 3 * 3600)):
        at = now + wait
        pending(doorbell, number, failures=failures, next_attempt_at=at, due_at=at)
    browser.calls.clear()
    (told,) = next_of(browser.page("/?tenant=acme"))
    assert re.fullmatch(r"attempt 2, in 5 min.*", told)
    assert len(browser.calls) <= 6


@pytest.mark.parametrize(
    ("fields", "changes", "told"),
    [
        ({"paused": True}, {"paused_at": 1.0}, "nothing, until it is resumed"),
        ({"enabled": False}, {}, "nothing: what waits is cancelled as it comes up"),
        (None, {}, "nothing: what waits is cancelled as it comes up"),
        (
            {},
            {"paused_at": 1.0, "shelf": "wait#acme/source#github#0"},
            "nothing, until the source github is resumed",
        ),
        ({}, {"paused_at": 1.0, "shelf": "wait#acme/books#0"}, "its list is let out"),
    ],
)
def test_where_no_attempt_is_planned_home_says_why(
    doorbell: Doorbell, browser: Browser, fields: dict[str, Any] | None, changes: dict[str, Any], told: str
) -> None:
    if fields is not None:
        doorbell.subscribe("books", **fields)
    change(doorbell, pending(doorbell, 1, failures=2, to="books"), "books", **changes)
    assert next_of(browser.page("/?tenant=acme")) == [told]


@pytest.mark.parametrize(
    ("until", "probe_until", "told"),
    [
        (605, None, "parked: one probe, in 10 min.*"),
        (-5, 605, "a probe is under way, in 10 min.*"),
        (-5, -5, "parked: the next delivery is a probe"),
        (None, None, "attempt 3, in .*"),
    ],
)
def test_of_an_endpoint_that_fails_home_says_what_its_breaker_lets_through_next(
    doorbell: Doorbell, browser: Browser, until: float | None, probe_until: float | None, told: str
) -> None:
    """Both in seconds from now."""
    pending(doorbell, 1, failures=2)
    probe = {} if probe_until is None else {"probe_until": time.time() + probe_until}
    parked(doorbell, until or 0, **probe, **({"parked_until": None} if until is None else {}))
    (said,) = next_of(browser.page("/?tenant=acme"))
    assert re.fullmatch(told, said), said


def test_a_subscription_s_page_tells_when_each_is_tried_again_and_nothing_of_what_is_held(
    doorbell: Doorbell, browser: Browser
) -> None:
    pending(doorbell, 1, failures=1)
    change(doorbell, pending(doorbell, 2, failures=1), "billing", paused_at=1.0)

    def nexts() -> list[str]:
        page = browser.page("/subscriptions/acme/billing")
        failing = page.partition('<div id="failing">')[2].partition("</table>")[0]
        return [re.sub(r"<[^>]+>", "", row.rpartition("<td>")[2]) for row in failing.split("</tr>")[1:-1]]

    held, planned = nexts()
    assert held == "–"
    assert re.fullmatch(r"in (1 min|\d+ s)", planned)
    parked(doorbell, 1830)
    held, planned = nexts()
    assert held == "–"
    assert planned.startswith("in 30 min")


def test_what_a_test_sent_is_in_no_count_of_what_was_lost(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.event(1, state="exhausted")
    item = doorbell.items("evt_acme_1")["delivery#billing"]
    doorbell.target.client("dynamodb").put_item(
        TableName="EventsTable",
        Item={
            **item,
            "event_id": {"S": "evt_test"},
            "reason": {"S": "test_over"},
            "state": {"S": "cancelled"},
        },
    )
    home = browser.page("/?tenant=acme")
    assert re.search(r"Lost in 7 days</dt><dd><a [^>]*>1</a>", home)
    page = browser.page("/subscriptions/acme/billing")
    assert "evt_test" not in page.partition('<div id="lost">')[2].partition("</table>")[0]
