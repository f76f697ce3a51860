"""A subscription's history: narrowed in the address, page by page; and how deliveries ended, by answer."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell_cli.console.pages import history
from tests.integration.console.conftest import Browser, Opened
from tests.integration.console.test_console_totals import rows
from tests.integration.ops.deployed import DAY, SHARDS, Doorbell

PAGE = "/subscriptions/acme/billing/history"


def end(
    doorbell: Doorbell, number: int, state: str, age: float, status: int | None, error: str | None = None,
    to: str = "billing", event_type: str = "push",
) -> str:  # fmt: skip
    """A delivery that ended `age` seconds ago with this answer; its event's id."""
    at = time.time() - age
    table = DeliveryTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    delivery = Delivery(
        DeliveryKey(f"evt_{number}", to), "acme", State.PENDING, at, at, at + 900, int(at) + 30 * DAY,
        event_type=event_type,
    )  # fmt: skip
    table.create([delivery])
    claimed = replace(delivery, lease=Lease(f"lease_{number}", time.time() + 60))
    assert claimed.lease is not None
    table.claim(delivery.key, 1, claimed.lease, time.time())
    why = None if state == "delivered" else "schedule"
    after = replace(delivery, state=State(state), due_at=None, ended_at=at, reason=why)
    assert table.record(claimed, Attempt(1, at, 20, status, error, "", ""), after)
    return f"evt_{number}"


def ids(page: str) -> list[str]:
    return re.findall(r'class="id" href="/events/(\w+)\?', page)


@pytest.fixture
def ended(doorbell: Doorbell) -> list[str]:
    """Newest first."""
    return [
        end(doorbell, 1, "delivered", 10, 204),
        end(doorbell, 2, "exhausted", 20, 503),
        end(doorbell, 3, "exhausted", 30, 404, event_type="invoice.paid"),
        end(doorbell, 4, "exhausted", 40, None, "timeout"),
        end(doorbell, 5, "cancelled", 3 * 3600, 404),
        end(doorbell, 6, "delivered", 5, 200, to="books"),
    ][:5]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("?state=exhausted", [2, 3, 4]),
        ("?status=404", [3, 5]),
        ("?status=5xx", [2]),
        ("?type=invoice.*", [3]),
        ("?since=1h", [1, 2, 3, 4]),
        ("?until=1h&status=404", [5]),
        ("?state=delivered&status=404", []),
    ],
)
def test_it_is_narrowed_by_state_answer_type_and_time(
    browser: Browser, ended: list[str], query: str, numbers: list[int]
) -> None:
    page = browser.page(PAGE + query)
    assert ids(page) == [f"evt_{number}" for number in numbers]
    assert ("No such delivery" in page) is (not numbers)


def test_a_cursor_goes_on_where_the_page_ended_with_the_same_filters(
    browser: Browser, ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LIMIT", 2)
    seen, at = list[str](), f"{PAGE}?state=exhausted"
    for _ in range(2):
        page = browser.page(at)
        seen += ids(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        at = "" if following is None else following[1].replace("&amp;", "&")
    assert seen == ended[1:4]
    assert at == ""


def test_a_cursor_of_another_list_and_what_is_no_state_nor_status_is_refused(
    browser: Browser, ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LIMIT", 1)
    found = re.search(r"cursor=([\w-]+)", browser.page(PAGE))
    assert found is not None
    for query in (f"cursor={found[1]}&state=exhausted", "cursor=x", "state=pending", "status=teapot"):
        assert 'role="alert"' in browser.page(f"{PAGE}?{query}", 422)
    assert 'role="alert"' in browser.page(f"/subscriptions/acme/books/history?cursor={found[1]}", 422)


def test_how_deliveries_ended_is_counted_by_code(browser: Browser, doorbell: Doorbell) -> None:
    for number, (state, status, error) in enumerate(
        [("delivered", 204, None)] * 3 + [("exhausted", 404, None)] * 2 + [("exhausted", None, "timeout")]
    ):
        end(doorbell, number, state, 60 + number, status, error)
    end(doorbell, 90, "exhausted", 2 * DAY, 410)
    page = browser.page("/subscriptions/acme/billing/answers")
    assert [[cell.strip() for cell in row] for row in rows(page, "answers")] == [
        ["204", "delivered", "3"],
        ["404", "exhausted", "2"],
        ["timeout", "exhausted", "1"],
    ]
    assert "/history?status=404&amp;state=exhausted" in page
    assert "No delivery ended" in browser.page("/subscriptions/acme/books/answers")


def test_a_stack_that_keeps_no_delivered_ones_says_so(opened: Opened) -> None:
    for parameters, told in (({"History": "all"}, False), ({"History": "undelivered"}, True)):
        browser = opened(parameters=parameters)
        for path in (PAGE, "/subscriptions/acme/billing/answers"):
            assert ("keeps no" in browser.page(path)) is told, (path, parameters)


def test_a_subscription_s_page_leads_to_both(browser: Browser) -> None:
    page = browser.page("/subscriptions/acme/billing")
    assert f'href="{PAGE}"' in page
    assert 'data-part="/subscriptions/acme/billing/answers"' in page
