"""The list of events, followed: what is recorded meanwhile, as far as the search in the address wants it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from doorbell_cli.console import live
from tests.integration.console.conftest import PORT, Browser
from tests.integration.ops.deployed import Doorbell

LOOKS = 4


def heard(browser: Browser, query: str, meanwhile: Callable[[], None]) -> list[dict[str, Any]]:
    """The rows of a stream, of which `meanwhile` happens after the first look, until it has looked often."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    chunks, enough = list[str](), anyio.Event()
    scope = {
        "type": "http", "method": "GET", "path": "/live/events", "raw_path": b"/live/events",
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
