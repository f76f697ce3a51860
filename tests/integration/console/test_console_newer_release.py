"""After a way back the pages show what only the newer release can read, and everything beside it."""

from __future__ import annotations

from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_totals import rows
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_newer_release import a_job_of_another_kind, frozen


def test_a_job_of_a_kind_that_is_not_known_has_its_row_and_its_page(
    doorbell: Doorbell, browser: Browser
) -> None:
    job_id = a_job_of_another_kind(doorbell)
    (row,) = rows(browser.page("/jobs?tenant=acme"), "works")
    assert row[1:3] == [job_id, "dance"]
    at = f"/jobs/acme/{job_id}"
    page = browser.page(at)
    assert "A newer release wrote it (kind dance, state queued)." in page
    assert "/cancel" not in page
    assert "Deploy the newer release" in browser.send(f"{at}/cancel", 409)
    assert job_id not in browser.page("/audit?tenant=acme")


def test_a_delivery_in_a_state_that_is_not_known_is_shown_as_it_is(
    doorbell: Doorbell, browser: Browser
) -> None:
    event_id = frozen(doorbell)
    assert "frozen" in browser.page(f"/events/{event_id}")
    for path in ("/?tenant=acme", "/subscriptions/acme/billing", "/events?tenant=acme"):
        browser.page(path)
