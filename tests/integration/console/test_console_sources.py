"""A source's page: how it stands, its handshake, pause and resume."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from doorbell.signatures.catalogue import find
from doorbell_cli.configuration import SOURCE
from tests.integration.console.conftest import Browser
from tests.integration.ops.deployed import Doorbell

PAGE = "/sources/github"


def values(doorbell: Doorbell, name: str = "github") -> dict[str, Any]:
    found = SOURCE.table(doorbell.target).get(name)
    assert found is not None
    return found.values


def sound(doorbell: Doorbell, **fields: Any) -> None:
    item = {"source_id": "github", "provider": "github", "tenant_id": "acme"}
    doorbell.put("SourcesTable", {**item, "secrets": ["ssm:/doorbell/github"], **fields})


def asana(doorbell: Doorbell, **fields: Any) -> None:
    item = {"source_id": "tasks", "provider": "asana", "tenant_id": "acme"}
    reference = "ssm:/doorbell/handshakes/tasks"
    doorbell.put(
        "SourcesTable", {**item, "secrets": [reference], "options": {"awaits_handshake": "true"}, **fields}
    )


def fact(page: str, name: str) -> str:
    return page.partition(f"<dt>{name}</dt><dd>")[2].partition("</dd>")[0].rpartition("</span> ")[2]


def test_a_source_is_paused_and_resumed_with_what_it_does_told_first(
    doorbell: Doorbell, browser: Browser
) -> None:
    sound(doorbell)
    assert f'href="{PAGE}/pause"' in browser.page(PAGE)
    told = browser.page(f"{PAGE}/pause")
    assert "No delivery waits for it. It takes events in as before" in told
    assert f'href="{PAGE}"' in told
    assert browser.send(f"{PAGE}/pause") == PAGE
    assert values(doorbell)["paused"] is True
    page = browser.page(PAGE)
    assert fact(page, "state").startswith("PAUSED")
    assert f'href="{PAGE}/resume"' in page
    assert "PAUSED" in browser.page("/sources?tenant=acme")
    assert "It is paused already." in browser.page(f"{PAGE}/pause")
    browser.send(f"{PAGE}/resume")
    assert "paused" not in values(doorbell)
    assert fact(browser.page(PAGE), "state") == "takes events in"
    record = browser.page("/audit?tenant=acme")
    assert "<td>pause</td>" in record
    assert "<td>resume</td>" in record
    browser.page("/sources/nobody/pause", 404)


def test_a_source_s_page_says_how_its_provider_is_set_up_and_where_that_stands(
    doorbell: Doorbell, browser: Browser
) -> None:
    sound(doorbell)
    page, entry = unescape(browser.page(PAGE)), find("github")
    assert entry is not None
    assert f'<p>{entry.title}: {entry.setup} <a href="{entry.docs}"' in page


def test_a_broken_source_is_not_paused(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.put("SourcesTable", {"source_id": "odd", "provider": "nobody", "tenant_id": "acme"})
    assert "Repair it first" in browser.send("/sources/odd/pause", 409)
    assert "paused" not in values(doorbell, "odd")
    assert "BROKEN" in fact(browser.page("/sources/odd"), "state")
    assert "BROKEN: provider:" in browser.page("/sources?tenant=acme")


def test_a_disabled_source_says_so_and_can_be_enabled(doorbell: Doorbell, browser: Browser) -> None:
    sound(doorbell)
    browser.send(f"{PAGE}/switch", to="disable", reason="moving house")
    page = browser.page(PAGE)
    assert fact(page, "state") == "disabled (moving house): who rings gets 403"
    assert 'value="enable"' in page
    assert 'value="disable"' not in page
    assert "disabled (moving house)" in browser.page("/sources?tenant=acme")


@pytest.mark.parametrize(
    ("kept", "told"),
    [(None, "WAITED FOR: it brings the secret"), ("its own", "it came, and brought the secret")],
)
def test_a_handshake_that_brings_the_secret_is_waited_for_until_it_came(
    doorbell: Doorbell, browser: Browser, kept: str | None, told: str
) -> None:
    asana(doorbell)
    if kept is not None:
        doorbell.target.client("ssm").put_parameter(
            Name="/doorbell/handshakes/tasks", Value=kept, Type="SecureString"
        )
    page = browser.page("/sources/tasks")
    assert fact(page, "handshake").endswith(told)
    assert "its own" not in page


def test_a_source_whose_provider_makes_no_handshake_says_nothing_of_one(
    doorbell: Doorbell, browser: Browser
) -> None:
    sound(doorbell, provider="stripe")
    assert "<dt>handshake</dt>" not in browser.page(PAGE)
