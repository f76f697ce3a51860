"""Whatever has an id that nobody types whole is named by the beginning of it, in every command."""

from __future__ import annotations

import time

import pytest

from doorbell.domain.jobs import Job
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.store.events.jobs import JobTable
from doorbell.store.events.replay_jobs import ReplayTable
from doorbell_cli.ops import beginnings
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_refused import keep, secret

TENANT = ("--tenant", "acme")


def job(doorbell: Doorbell, job_id: str, tenant: str = "acme") -> None:
    work = ReplayJob(job_id, Selection(tenant, "billing", 0, 1, ("exhausted",)), 1.0, started_at=1)
    table = JobTable(doorbell.target.client("dynamodb"), "EventsTable", time.time)
    assert table.save(Job(work, "arn:me", time.time(), due_at=time.time()))


def replay_job(doorbell: Doorbell, job_id: str) -> None:
    selection = Selection("acme", "billing", time.time() - 60, time.time(), ("exhausted",))
    table = ReplayTable(doorbell.target.client("dynamodb"), "EventsTable", 4)
    assert table.save(ReplayJob(job_id, selection, 1.0, started_at=1, version=1))


def test_a_job_is_shown_and_called_off_by_the_beginning_of_its_id(doorbell: Doorbell) -> None:
    for job_id in ("ab12", "ab34", "cd56"):
        job(doorbell, job_id)
    assert doorbell.json("jobs", "show", "ab1", *TENANT)["job_id"] == "ab12"
    assert doorbell.json("jobs", "cancel", "c", *TENANT)["job_id"] == "cd56"
    states = {row["job_id"]: row["state"] for row in doorbell.json("jobs", "list", *TENANT)}
    assert states == {"ab12": "queued", "ab34": "queued", "cd56": "cancelled"}


@pytest.mark.parametrize("command", ["show", "cancel"])
def test_a_beginning_that_several_jobs_have_is_refused_with_some_of_them(
    doorbell: Doorbell, command: str
) -> None:
    for job_id in ("ab12", "ab34"):
        job(doorbell, job_id)
    refused = doorbell.run("jobs", command, "ab", *TENANT)
    assert refused.exit_code == 1
    assert "2 jobs of acme begin with ab: ab12, ab34. Type more of the id." in refused.stderr
    assert {row["state"] for row in doorbell.json("jobs", "list", *TENANT)} == {"queued"}


def test_a_job_beyond_the_first_page_is_found_too(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginnings, "PAGE", 2)
    job(doorbell, "ff00")
    for number in range(3):
        job(doorbell, f"{number:04d}")
    assert doorbell.json("jobs", "show", "ff", *TENANT)["job_id"] == "ff00"


@pytest.mark.parametrize("text", ["", "zz", "ab123"])
def test_what_begins_no_job_is_not_found(doorbell: Doorbell, text: str) -> None:
    job(doorbell, "ab12")
    job(doorbell, "zz99", tenant="other")
    refused = doorbell.run("jobs", "show", text, *TENANT)
    assert (refused.exit_code, f"there is no job {text}" in refused.stderr) == (1, True)


def test_a_replay_is_shown_and_gone_on_with_by_the_beginning_of_its_id(doorbell: Doorbell) -> None:
    for job_id in ("ab12", "ab34"):
        replay_job(doorbell, job_id)
    assert doorbell.json("replay", "--job", "ab1", *TENANT)["job"] == "ab12"
    assert doorbell.json("replay", "--resume", "ab3", *TENANT)["job"] == "ab34"

    refused = doorbell.run("replay", "--job", "ab", *TENANT)
    assert "2 replay jobs of acme begin with ab: ab12, ab34" in refused.stderr


def test_a_refused_request_is_shown_and_let_in_by_the_beginning_of_its_id(doorbell: Doorbell) -> None:
    secret("theirs")
    first, second = keep(doorbell, 0), keep(doorbell, 1)
    assert (first[:2], first[:3] == second[:3]) == (second[:2], False)
    assert doorbell.json("refused", "show", "github", first[:3])["refused_id"] == first
    said = doorbell.run("refused", "accept", "github", first[:2], "zz", second[:3])
    assert f"ambiguous: 2 refused requests of github begin with {first[:2]}: {first}, {second}" in said.stderr
    assert "zz is not accepted: unknown_refused" in said.stderr
    assert (said.exit_code, second in said.stdout, first in said.stdout) == (1, True, False)
