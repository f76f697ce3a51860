"""Whose events there are: tenants with counts, by a page of the sources."""

from __future__ import annotations

import re

import pytest

from doorbell_cli.console.pages import tenants as pages
from doorbell_cli.ops import tenants as ops
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_pages import ACTIVE, HOSTILE
from tests.integration.console.test_console_types import put as put_type
from tests.integration.ops.deployed import Doorbell

PAGE = "/tenants?tenant=acme"


def source(doorbell: Doorbell, name: str, tenant: object = None, **fields: object) -> None:
    owner = {} if tenant is None else {"tenant_id": tenant}
    doorbell.put("SourcesTable", {"source_id": name, "provider": "github", **owner, **fields})


def amounts(page: str, tenant: str) -> list[str]:
    """Of the tenant's row: sources, and those that are disabled."""
    row = next(row for row in page.split("<tr>") if f">{tenant}</a></td>" in row)
    return re.findall(r'class="amount">(?:<a [^>]*>)?([\d,]+)', row)


def next_of(page: str) -> str:
    return page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")


def test_tenants_are_listed_with_their_sources_by_one_call(doorbell: Doorbell, browser: Browser) -> None:
    source(doorbell, "shop", "acme", enabled=False)
    source(doorbell, "calls", "books")
    source(doorbell, "no-owner")
    browser.calls.clear()
    page = browser.page(PAGE)
    assert browser.calls == ["Scan"]
    assert amounts(page, "acme") == ["2", "1"]
    assert amounts(page, "books") == ["1", "0"]
    assert amounts(page, "default") == ["1", "0"]
    assert "Of 4 sources." in page
    assert next_of(page) == ""
    for link in ("/?tenant=books", "/events?tenant=books", "/sources?tenant=books"):
        assert f'href="{link}"' in page
        browser.page(link)
    assert '<a href="/tenants?tenant=acme">Tenants</a>' in browser.page("/?tenant=acme")


def test_what_a_tenant_has_is_counted_after_the_page_by_two_queries(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.subscribe("books")
    doorbell.subscribe("theirs", tenant="other")
    put_type(doorbell, "invoice.paid")
    assert 'data-part="/parts/tenant?tenant=acme"' in browser.page(PAGE)
    browser.calls.clear()
    page = browser.page("/parts/tenant?tenant=acme")
    assert browser.calls == ["Query", "Query"]
    assert '<a href="/?tenant=acme">2 subscriptions</a>' in page
    assert '<a href="/types?tenant=acme">1 event type</a>' in page
    monkeypatch.setattr(ops, "COUNTED", 1)
    page = browser.page("/parts/tenant?tenant=acme")
    assert "1+ subscriptions" in page
    assert "1 event type<" in page


def test_many_tenants_come_page_by_page_and_none_is_left_out(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ops, "SOURCES", 7)
    monkeypatch.setattr(pages, "TENANTS", 3)
    wanted = {f"t{number}": 2 for number in range(9)}
    for tenant in wanted:
        for number in range(2):
            source(doorbell, f"{tenant}-{number}", tenant)
    found, path, looked = dict.fromkeys(wanted, 0), PAGE, 1
    while path:
        page = browser.page(path)
        shown = [tenant for tenant in wanted if f">{tenant}</a></td>" in page]
        assert len(shown) <= 3
        for tenant in shown:
            found[tenant] += int(amounts(page, tenant)[0])
        path, looked = next_of(page), looked + 1
        assert looked < 30
    assert found == wanted
    assert "a page of them" in browser.page(PAGE)


def test_a_page_of_a_hundred_tenants_stays_small(doorbell: Doorbell, browser: Browser) -> None:
    for number in range(101):
        source(doorbell, f"source-of-a-customer-{number:03d}", f"a-customer-with-a-long-name-{number:03d}")
    page = browser.page(PAGE)
    assert page.count("data-part=") == 100
    assert len(page.encode()) <= 150_000
    assert next_of(page)


def test_a_source_whose_tenant_is_no_name_is_told_and_hides_nobody(
    doorbell: Doorbell, browser: Browser
) -> None:
    source(doorbell, "odd", 7)
    source(doorbell, "empty", "")
    page = browser.page(PAGE)
    assert "2 of these sources have a tenant that is no name" in page
    assert "<code>doorbell check --stack doorbell</code>" in page
    assert amounts(page, "acme") == ["1", "0"]


def test_what_outsiders_write_is_shown_and_never_acts(doorbell: Doorbell, browser: Browser) -> None:
    source(doorbell, "hostile", HOSTILE, enabled=HOSTILE)
    for path in (PAGE, "/parts/tenant?tenant=%3Cscript%3Ealert(1)", "/tenants?after=%3Cscript%3Ealert(1)"):
        page = browser.page(path)
        assert not any(active in page for active in ACTIVE), path
    assert "&lt;script&gt;alert(1)" in browser.page(PAGE)
