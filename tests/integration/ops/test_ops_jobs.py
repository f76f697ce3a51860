"""`doorbell jobs`, and what goes `--background`, which has the stack do what the command does."""

from __future__ import annotations

import time

import pytest

from doorbell.domain.jobs import JobKey, JobState
from doorbell.store.events.jobs import JobTable
from tests.integration.ops.deployed import Doorbell

MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h")


def jobs(doorbell: Doorbell) -> JobTable:
    return JobTable(doorbell.target.client("dynamodb"), "EventsTable", time.time)


def test_a_replay_in_the_background_writes_a_job_and_no_delivery(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    told = doorbell.json(*MANY, "--rate", "2", "--background", "--yes")
    assert (told["state"], told["subscription_id"], told["per_second"]) == ("queued", "billing", 2.0)
    assert told["by"].startswith("arn:")
    assert set(doorbell.items(event_id)) == {"event", "delivery#billing"}
    job = jobs(doorbell).load(JobKey("acme", told["job_id"]))
    assert job is not None
    assert job.is_due(time.time())
    assert doorbell.json("jobs", "show", told["job_id"], "--tenant", "acme") == told


def test_jobs_are_listed_for_their_tenant_and_told_when_there_are_more(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    ids = [doorbell.json(*MANY, "--background", "--yes")["job_id"] for _ in range(3)]
    listed = doorbell.json("jobs", "list", "--tenant", "acme")
    assert [job["job_id"] for job in listed] == ids[::-1]
    some = doorbell.run("jobs", "list", "--tenant", "acme", "--limit", "2")
    assert ("more than these 2" in some.stderr, ids[0] in some.stdout) == (True, False)
    assert doorbell.json("jobs", "list") == []


def test_a_job_is_cancelled_once_and_one_that_has_ended_stays_as_it_is(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    job_id = doorbell.json(*MANY, "--background", "--yes")["job_id"]
    cancel = ("jobs", "cancel", job_id, "--tenant", "acme")
    cancelled = doorbell.json(*cancel)
    assert (cancelled["state"], doorbell.json(*cancel)) == ("cancelled", cancelled)
    other = doorbell.json(*MANY, "--background", "--yes")["job_id"]
    there = jobs(doorbell).load(JobKey("acme", other))
    assert there is not None
    jobs(doorbell).save(there.failed("why", time.time()))
    refused = doorbell.run("jobs", "cancel", other, "--tenant", "acme")
    assert (refused.exit_code, "failed already" in refused.stderr) == (1, True)
    left = jobs(doorbell).load(JobKey("acme", other))
    assert left is not None
    assert left.state is JobState.FAILED


@pytest.mark.parametrize("command", ["show", "cancel"])
def test_a_job_that_is_not_there_or_another_tenant_s_is_refused(doorbell: Doorbell, command: str) -> None:
    doorbell.event(1, state="exhausted")
    job_id = doorbell.json(*MANY, "--background", "--yes")["job_id"]
    for named in (("nosuch", "--tenant", "acme"), (job_id, "--tenant", "other")):
        refused = doorbell.run("jobs", command, *named)
        assert (refused.exit_code, "there is no job" in refused.stderr) == (1, True)


def test_what_goes_in_the_background_are_many(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    assert doorbell.run("replay", event_id, "--background").exit_code == 2
    assert doorbell.run("replay", "--jobs", "--background").exit_code == 2
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []


def test_a_dry_run_in_the_background_makes_no_job(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    assert doorbell.json(*MANY, "--background", "--dry-run")["deliveries"] == 1
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []


def test_a_stack_of_before_there_were_jobs_is_not_given_one(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    del doorbell.target.outputs["JobsFunctionName"]  # type: ignore[attr-defined]
    refused = doorbell.run(*MANY, "--background", "--yes")
    assert (refused.exit_code, "new enough" in refused.stderr) == (2, True)
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []
