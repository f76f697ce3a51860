"""The list of events, followed: what is recorded meanwhile, as far as the search in the address wants it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest

from doorbell.domain.deliveries import Attempt, DeliveryKey, Lease, State
from doorbell.domain.jobs import JobKey
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell_cli.console import live
from doorbell_cli.ops.jobs import job_desk
from doorbell_cli.ops.reading import deliveries_by_key
from doorbell_cli.ops.replayer import Replayer
from tests.integration.console.conftest import PORT, Browser
from tests.integration.ops.deployed import SHARDS, Doorbell
from tests.integration.ops.test_ops_status import parked

LOOKS = 4


def heard(
    browser: Browser, query: str, meanwhile: Callable[[], None], path: str = "/live/events"
) -> list[dict[str, Any]]:
    """The rows of a stream, of which `meanwhile` happens after the first look, until it has looked often."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    chunks, enough = list[str](), anyio.Event()
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "scheme": "http", "http_version": "1.1", "root_path": "",
        "headers": [(b"host", f"127.0.0.1:{PORT}".encode()), (b"cookie", cookie.encode())],
        "server": ("127.0.0.1", PORT), "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body"):
            if not chunks:
                meanwhile()
            chunks.append(message["body"].decode())
            if len(chunks) >= LOOKS:
                enough.set()

    async def run() -> None:
        await browser.client.app(scope, receive, send)

    anyio.run(run)
    data = [
        line.removeprefix("data: ") for chunk in chunks for line in chunk.splitlines() if "data: " in line
    ]
    return [json.loads(text) for text in data]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("tenant=acme", {"evt_acme_1", "evt_acme_2"}),
        ("tenant=acme&type=push&source=", {"evt_acme_1"}),
        ("tenant=acme&type=&source=github", {"evt_acme_1"}),
        ("tenant=acme&type=i*", {"evt_acme_2"}),
        ("tenant=other", {"evt_other_3"}),
    ],
)
def test_what_is_recorded_meanwhile_comes_if_the_search_wants_it(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch, query: str, ids: set[str]
) -> None:
    monkeypatch.setattr(live, "EVERY_SECONDS", 0.01)
    doorbell.event(0, age=30)

    def meanwhile() -> None:
        doorbell.event(1, age=0)
        doorbell.event(2, age=0, event_type="issues", source_id="shop")
        doorbell.event(3, age=0, tenant="other")

    assert {row["id"] for row in heard(browser, query, meanwhile)} == ids


def test_the_address_of_a_search_is_followed_and_one_that_opens_events_is_not(browser: Browser) -> None:
    page = browser.page("/events?tenant=acme&type=push")
    assert 'data-live="/live/events?tenant=acme&amp;type=push&amp;source="' in page
    for query in ("state=pending", "text=words"):
        page = browser.page(f"/events?tenant=acme&{query}")
        assert "data-live" not in page
        assert "is not followed" in page


def test_an_event_says_when_a_delivery_moves_on_and_when_all_have_ended(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY_SECONDS", 0.01)
    event_id = doorbell.event(1, state="pending")
    page = browser.page(f"/events/{event_id}?tenant=acme")
    assert f'data-moves="/live/events/{event_id}?tenant=acme"' in page
    table = DeliveryTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    key = DeliveryKey(event_id, "billing")

    def succeed() -> None:
        delivery = deliveries_by_key(doorbell.target).by_key([key])[key]
        claimed = replace(delivery, lease=Lease("lease", time.time() + 60))
        assert claimed.lease is not None
        table.claim(key, 1, claimed.lease, time.time())
        after = replace(delivery, state=State.DELIVERED, due_at=None, ended_at=time.time())
        assert table.record(claimed, Attempt(1, time.time(), 20, 204, None, "", ""), after)

    assert heard(browser, "tenant=acme", succeed, f"/live/events/{event_id}") == [
        {"ended": False}, {"ended": True},
    ]  # fmt: skip
    assert "data-moves" not in browser.page(f"/events/{event_id}?tenant=acme")


CHOSEN = Selection("acme", "billing", 0.0, 1.0, ("exhausted",))
BEGUN_AND_ENDED = [{"ended": False}, {"ended": True}]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "EVERY_SECONDS", 0.01)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("page", ["/jobs/acme/{job}", "/jobs?tenant=acme"])
def test_what_the_stack_works_on_is_followed_until_it_has_ended(
    doorbell: Doorbell, browser: Browser, page: str
) -> None:
    desk = job_desk(doorbell.target)
    job_id = desk.replay(CHOSEN, 5.0, "ann").key.job_id
    path = page.format(job=job_id)
    assert f'data-moves="/live{path}"' in browser.page(path)

    def end() -> None:
        desk.cancel(JobKey("acme", job_id), "ann")

    at, _, query = f"/live{path}".partition("?")
    assert heard(browser, query, end, at) == BEGUN_AND_ENDED
    assert "data-moves" not in browser.page(path)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("page", ["/jobs/{job}", "/jobs?tenant=acme"])
def test_what_a_tool_replays_is_followed_until_all_is_written(
    doorbell: Doorbell, browser: Browser, page: str
) -> None:
    jobs = Replayer(doorbell.target).jobs()
    chosen = replace(CHOSEN, until=time.time())
    job = ReplayJob("a" * 12, chosen, 5.0, started_at=time.time(), version=1)
    assert jobs.save(job)
    path = page.format(job=job.job_id)
    assert f'data-moves="/live{path}"' in browser.page(path)

    def end() -> None:
        assert jobs.save(replace(job, finished_at=time.time(), version=2))

    at, _, query = f"/live{path}".partition("?")
    assert heard(browser, query, end, at) == BEGUN_AND_ENDED
    assert "data-moves" not in browser.page(path)


def nothing() -> None: ...


@pytest.mark.usefixtures("quick")
def test_a_subscription_says_when_it_stands_otherwise(doorbell: Doorbell, browser: Browser) -> None:
    at = "/live/subscriptions/acme/billing"
    page = browser.page(at.removeprefix("/live"))
    assert f'data-moves="{at}"' in page
    browser.calls.clear()
    assert heard(browser, "", nothing, at) == [{"ended": False}]
    assert browser.calls == ["GetItem", "BatchGetItem"] * LOOKS

    def pause() -> None:
        browser.send("/subscriptions/acme/billing/pause")

    assert heard(browser, "", pause, at)[:2] == [{"ended": False}] * 2

    def park() -> None:
        browser.send("/subscriptions/acme/billing/resume")
        parked(doorbell, 600)

    assert len(heard(browser, "", park, at)) >= 2

    def delete() -> None:
        key = {"tenant_id": {"S": "acme"}, "subscription_id": {"S": "billing"}}
        doorbell.target.client("dynamodb").delete_item(TableName="SubscriptionsTable", Key=key)

    assert heard(browser, "", delete, at)[-1] == {"ended": True}


@pytest.mark.usefixtures("quick")
def test_a_subscription_that_fails_or_holds_is_another_after_ten_seconds_whatever_else_is(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits grows without a change of its endpoint."""
    monkeypatch.setattr("doorbell_cli.console.pages.subscriptions.WAITING_SECONDS", 0.001)
    at = "/live/subscriptions/acme/billing"
    assert heard(browser, "", nothing, at) == [{"ended": False}]
    parked(doorbell, 600)
    assert heard(browser, "", nothing, at) == [{"ended": False}] * LOOKS


@pytest.mark.parametrize(
    ("page", "slows"), [("/live/subscriptions/acme/billing", True), ("/live/events", False)]
)
def test_what_does_not_move_is_looked_at_less_often(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, page: str, slows: bool
) -> None:
    slept = list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(live, "sleep", sleep)
    monkeypatch.setattr(live, "QUIET_LOOKS", 1)
    heard(browser, "tenant=acme", nothing, page)
    assert slept[:2] == [live.EVERY_SECONDS] * 2
    assert slept[3] == (live.SLOW_SECONDS if slows else live.EVERY_SECONDS)


def test_what_is_called_pause_on_a_subscriptions_page_pauses_the_subscription(browser: Browser) -> None:
    page = browser.page("/subscriptions/acme/billing")
    assert "data-moves" in page, "it is followed, and what ends that has another name"
    assert page.count(">Pause<") == 1
    assert '<a class="button" href="/subscriptions/acme/billing/pause">Pause</a>' in page
