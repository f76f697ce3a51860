"""The page of jobs: what a tool replays, and what the stack works on by itself."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from doorbell.domain.deliveries import Attempt
from doorbell.domain.jobs import JobState
from doorbell.domain.replays import Selection
from doorbell.domain.trial_jobs import Outcome, TrialJob
from doorbell.store.events.jobs import JobTable
from doorbell_cli.ops.jobs import job_desk
from doorbell_cli.ops.purge_jobs import purges
from tests.integration.console.conftest import Browser, Opened
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
    assert f'href="/jobs/acme/{asked.key.job_id}"' in page
    assert '<table class="works">' not in browser.page("/jobs?tenant=another")


def replay(doorbell: Doorbell, tenant: str = "acme") -> str:
    doorbell.subscribe("billing", tenant=tenant)
    chosen = Selection(tenant, "billing", 0.0, 1.0, ("exhausted",))
    return job_desk(doorbell.target).replay(chosen, 5.0, "arn:aws:iam::1:user/ann").key.job_id


def test_a_job_has_a_page_and_is_called_off_there_on_record(doorbell: Doorbell, browser: Browser) -> None:
    job_id = replay(doorbell)
    at = f"/jobs/acme/{job_id}"
    browser.calls.clear()
    page = browser.page(at)
    assert len(browser.calls) == 1
    assert "Replay for" in page
    assert "queued: " in page
    assert "arn:aws:iam::1:user/ann" in page
    assert "<dt>would match</dt>" not in page, "that is a preview's"
    assert browser.send(f"{at}/cancel") == at
    page = browser.page(at)
    assert "cancelled: " in page
    assert "/cancel" not in page
    assert "cancelled already" in browser.send(f"{at}/cancel", 409)
    record = browser.page("/audit?tenant=acme")
    assert record.count(f"job {job_id}") == 1
    assert browser.page("/jobs/acme/nothing", 404)


def named(page: str) -> set[str]:
    """What a job's page has a line for."""
    return set(re.findall(r"<dt>([^<]*)</dt>", page))


def test_another_tenant_s_job_is_not_found_under_mine(doorbell: Doorbell, browser: Browser) -> None:
    job_id = replay(doorbell, "other")
    browser.page(f"/jobs/acme/{job_id}", 404)
    browser.send(f"/jobs/acme/{job_id}/cancel", 404)
    (job,) = job_desk(doorbell.target).page("other", None, 5).jobs
    assert job.state is JobState.QUEUED


def test_a_purge_is_shown_with_its_tenant_and_what_is_gone_and_can_be_called_off(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.target.parameters.update({"PurgeJobs": "true"})  # type: ignore[attr-defined]
    key = purges(doorbell.target)("acme", removes=True, by="arn:aws:iam::1:user/ann").key
    (row,) = rows(browser.page("/jobs?tenant=acme"), "works")
    assert row[1:4] == [key.job_id, "purge", "acme"]
    assert row[5] == "0 removed"
    at = f"/jobs/acme/{key.job_id}"
    page = browser.page(at)
    assert "Purge for acme" in page
    assert "What it has removed is gone" in page
    assert named(page) & {"of the time since", "and before", "tries"} == set()
    assert "/subscriptions/acme/" not in page.partition("<h1>")[2].partition("</h1>")[0]
    assert "purge" in browser.page("/audit?tenant=doorbell")
    assert browser.send(f"{at}/cancel") == at
    assert "cancelled: " in browser.page(at)


def test_a_test_may_be_sent_as_a_job_that_has_a_page(doorbell: Doorbell, opened: Opened) -> None:
    browser = opened(JobsFunctionName="jobs")
    assert 'name="how" value="job"' in browser.page("/subscriptions/acme/billing")
    at = browser.send("/subscriptions/acme/billing/test", how="job")
    assert re.fullmatch(r"/jobs/acme/\w+", at)
    page = browser.page(at)
    assert "Test for" in page
    assert named(page) >= {"asked", "waits until", "ended"}
    assert named(page) & {"of the time since", "and before", "tries"} == set()
    (job,) = job_desk(doorbell.target).page("acme", None, 5).jobs
    assert at.endswith(job.key.job_id)
    assert "as a job" in browser.page("/audit?tenant=acme")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("EVENT", "says that it verified the signature of this event"),
        ("evt_another", "says that it verified another event"),
        ("", "does not say whether it verified"),
    ],
)
def test_the_job_of_a_test_says_what_the_receiver_says_of_the_signature(
    doorbell: Doorbell, opened: Opened, word: str, said: str
) -> None:
    browser = opened(JobsFunctionName="jobs")
    at = browser.send("/subscriptions/acme/billing/test", how="job")
    assert "The receiver" not in browser.page(at)
    (job,) = job_desk(doorbell.target).page("acme", None, 5).jobs
    work = job.work
    assert isinstance(work, TrialJob)
    told = Attempt(1, 7.0, 41, 200, None, "", f'{{"verified":"{word.replace("EVENT", work.key.event_id)}"}}')
    done = replace(work, outcome=Outcome.DELIVERED, attempt=told if word else replace(told, response=""))
    table = JobTable(doorbell.target.client("dynamodb"), "EventsTable", time.time)
    assert table.save(job.moved(replace(done, finished_at=time.time()), time.time()))
    assert said in browser.page(at)


def test_a_test_that_could_not_be_sent_now_becomes_no_job(doorbell: Doorbell, opened: Opened) -> None:
    browser = opened(JobsFunctionName="jobs")
    browser.send("/subscriptions/acme/billing/pause")
    assert "Resume it on its page" in browser.send("/subscriptions/acme/billing/test", 409, how="job")
    assert job_desk(doorbell.target).page("acme", None, 5).jobs == ()


def test_a_stack_without_the_function_for_jobs_is_told_and_nothing_is_asked(
    doorbell: Doorbell, opened: Opened
) -> None:
    browser = opened(JobsFunctionName=None)
    assert "JobsFunctionName" in browser.send("/subscriptions/acme/billing/test", 502, how="job")
    assert job_desk(doorbell.target).page("acme", None, 5).jobs == ()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_read_only_console_shows_a_job_without_the_button(
    doorbell: Doorbell, opened: Opened, read_only: bool
) -> None:
    page = opened(read_only=read_only).page(f"/jobs/acme/{replay(doorbell)}")
    assert ("Call it off" in page) is not read_only
