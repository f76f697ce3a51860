"""The page of jobs: what a tool replays, and what the stack works on by itself."""

from __future__ import annotations

from doorbell.domain.replays import Selection
from doorbell_cli.ops.jobs import job_desk
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_totals import rows
from tests.integration.ops.deployed import Doorbell


def test_what_the_stack_works_on_is_shown_with_how_far_it_is(doorbell: Doorbell, browser: Browser) -> None:
    asked = job_desk(doorbell.target).replay(
        Selection("acme", "billing", 0.0, 1.0, ("exhausted",)), 5.0, "arn:aws:iam::1:user/<b>ann</b>"
    )
    browser.calls.clear()
    page = browser.page("/jobs?tenant=acme")
    assert len(browser.calls) <= 6
    (row,) = rows(page, "works")
    assert row[1:4] == [asked.key.job_id, "replay", "billing"]
    assert row[4].strip() == "queued"
    assert row[5] == "0 written"
    assert "<b>ann" not in page
    assert '<table class="works">' not in browser.page("/jobs?tenant=another")
