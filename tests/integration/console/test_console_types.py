"""Event types with schema and example; how long deliveries took, as a heat map."""

from __future__ import annotations

import json
import time

from doorbell.domain.events import BodyAt
from doorbell.domain.rollups import SPREAD, Holder, Kind, bucket_at
from doorbell.store.rollups.rollup_table import RollupTable
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_pages import ACTIVE, HOSTILE
from tests.integration.ops.deployed import DAY, Doorbell


def put(doorbell: Doorbell, name: str, tenant: str = "acme", **fields: str) -> None:
    item = {"tenant_id": tenant, "event_type": name, "json_schema": '{"type": "object"}', **fields}
    doorbell.put("EventTypesTable", item)


def test_a_type_has_its_schema_and_the_newest_event_as_an_example(
    doorbell: Doorbell, browser: Browser
) -> None:
    put(doorbell, "invoice.paid", description="Somebody paid.")
    put(doorbell, "user.made", tenant="other")
    browser.calls.clear()
    listed = browser.page("/types?tenant=acme")
    assert browser.calls == ["Query"]
    assert 'href="/types/acme/invoice.paid"' in listed
    assert "Somebody paid." in listed
    assert "user.made" not in listed
    browser.calls.clear()
    page = browser.page("/types/acme/invoice.paid")
    assert browser.calls == ["GetItem"]
    assert "&#34;type&#34;: &#34;object&#34;" in page
    assert "None was recorded in the last day." in browser.page("/types/acme/invoice.paid/example")
    body = b'{"amount":7}'
    doorbell.event(1, event_type="invoice.paid", body=BodyAt(len(body), body))
    doorbell.event(2, event_type="other", age=10)
    example = browser.page("/types/acme/invoice.paid/example")
    assert "&#34;amount&#34;: 7" in example
    assert 'href="/events/evt_acme_1?tenant=acme"' in example
    browser.page("/types/other/invoice.paid", 404)


def test_a_broken_type_says_how(doorbell: Doorbell, browser: Browser) -> None:
    put(doorbell, "odd", json_schema="{")
    assert "broken: json_schema: is not JSON" in browser.page("/types?tenant=acme")
    assert "events of it are refused" in browser.page("/types/acme/odd")


def test_types_are_listed_page_by_page(doorbell: Doorbell, browser: Browser) -> None:
    for number in range(103):
        put(doorbell, f"type-{number:03d}")
    first = browser.page("/types?tenant=acme")
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "type-102<" in browser.page(link)
    assert len(first.encode()) <= 150_000


def test_what_a_publisher_writes_never_acts(doorbell: Doorbell, browser: Browser) -> None:
    schema = json.dumps({"description": HOSTILE})
    put(doorbell, "hostile", description=HOSTILE, json_schema=schema)
    body = json.dumps({"x": HOSTILE}).encode()
    doorbell.event(1, event_type="hostile", body=BodyAt(len(body), body))
    for path in ("/types?tenant=acme", "/types/acme/hostile", "/types/acme/hostile/example"):
        page = browser.page(path)
        assert not any(active in page for active in ACTIVE), path
        assert "&lt;script&gt;alert(1)" in page


def test_how_long_deliveries_took_is_a_picture_and_a_table(doorbell: Doorbell, browser: Browser) -> None:
    holder, now = Holder(Kind.SUBSCRIPTION, "acme", "billing"), time.time()
    assert "From ingest to delivery</h3>" not in browser.page("/counts/subscription/acme/billing")
    table = RollupTable(doorbell.target.client("dynamodb"), "RollupsTable", 14 * DAY)
    table.add(holder, bucket_at(now - 3600), {"delivered": 10, "l10": 7, "l19": 3, "t10": 9})
    browser.calls.clear()
    page = browser.page("/counts/subscription/acme/billing")
    assert browser.calls == ["Query"] * SPREAD
    assert 'class="heat"' in page
    assert ", 64 ms: 7</title>" in page
    assert ", 1 s: 3</title>" in page
    assert '<td class="amount">7</td><td class="amount">0</td><td class="amount">3</td>' in page
    assert "70 min" not in page
