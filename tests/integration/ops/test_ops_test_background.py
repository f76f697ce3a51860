"""`doorbell test --background`, which has the stack send it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.deliveries import Attempt, DeliveryKey, State
from doorbell.domain.health import Health
from doorbell.domain.jobs import Job, JobKey
from doorbell.domain.trial_jobs import Outcome, TrialJob
from doorbell.store.events.jobs import JobTable
from doorbell_cli.configuration import endpoints
from doorbell_cli.trial import trials
from tests.integration.ops.deployed import Doorbell

TEST = ("test", "acme/billing", "--background")


@pytest.fixture(autouse=True)
def subscribed(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing")


def jobs(doorbell: Doorbell) -> JobTable:
    return JobTable(doorbell.target.client("dynamodb"), "EventsTable", time.time)


def job_of(doorbell: Doorbell, job_id: str) -> tuple[Job, TrialJob]:
    job = jobs(doorbell).load(JobKey("acme", job_id))
    assert job is not None
    assert isinstance(job.work, TrialJob)
    return job, job.work


def test_a_test_in_the_background_is_a_job_and_nothing_is_sent_by_the_command(doorbell: Doorbell) -> None:
    told = doorbell.json(*TEST, "--type", "order.paid", "--data", '{"a": 1}', "--wait", "20")
    assert (told["kind"], told["state"], told["subscription_id"]) == ("test", "queued", "billing")
    assert told["by"].startswith("arn:")
    job, work = job_of(doorbell, told["job_id"])
    assert (work.event_type, work.body, job.is_due(time.time())) == ("order.paid", '{"a": 1}', True)
    assert work.selection.until - work.selection.since == pytest.approx(20, abs=0.001)
    assert doorbell.items(told["test"]["event_id"]) == {}
    assert doorbell.json("jobs", "show", told["job_id"], "--tenant", "acme") == told


def test_its_outcome_is_in_the_list_and_in_the_job(doorbell: Doorbell) -> None:
    said = doorbell.run(*TEST)
    assert "doorbell jobs show" in said.stderr
    job_id = doorbell.json("jobs", "list", "--tenant", "acme")[0]["job_id"]
    assert "waits for its outcome" in doorbell.run("jobs", "list", "--tenant", "acme").stdout
    job, work = job_of(doorbell, job_id)
    failed = replace(work, outcome=Outcome.FAILED, attempt=Attempt(1, 7.0, 41, 404, None, "", "no"))
    assert jobs(doorbell).save(job.moved(replace(failed, finished_at=time.time()), time.time()))
    assert "failed (404)" in doorbell.run("jobs", "list", "--tenant", "acme").stdout
    shown = doorbell.json("jobs", "show", job_id, "--tenant", "acme")["test"]
    assert (shown["status"], shown["response"]) == (404, "no")
    assert shown["advice"] == "There is nothing at this URL."


def test_what_the_receiver_says_of_the_signature_is_in_the_job(doorbell: Doorbell) -> None:
    job_id = doorbell.json(*TEST)["job_id"]
    job, work = job_of(doorbell, job_id)
    told = Attempt(1, 7.0, 41, 200, None, "", json.dumps({"verified": work.key.event_id}))
    done = replace(work, outcome=Outcome.DELIVERED, attempt=told, finished_at=time.time())
    assert doorbell.json("jobs", "show", job_id, "--tenant", "acme")["test"]["verified"] is None
    assert jobs(doorbell).save(job.moved(done, time.time()))
    assert doorbell.json("jobs", "show", job_id, "--tenant", "acme")["test"]["verified"] is True
    shown = " ".join(doorbell.run("jobs", "show", job_id, "--tenant", "acme").stdout.split())
    assert "says that it verified the signature" in shown


def test_a_test_that_waits_is_called_off_and_not_tried_any_more(doorbell: Doorbell) -> None:
    job_id = doorbell.json(*TEST)["job_id"]
    job, work = job_of(doorbell, job_id)
    made = trials(doorbell.target)
    assert jobs(doorbell).save(job.moved(made.page(work), time.time()))
    assert doorbell.json("jobs", "cancel", job_id, "--tenant", "acme")["state"] == "cancelled"
    listed = doorbell.run("jobs", "list", "--tenant", "acme").stdout
    assert ("no outcome" in listed, "waits for its outcome" in listed) == (True, False)
    delivery = made.delivery(DeliveryKey(work.key.event_id, "billing"))
    assert delivery is not None
    assert (delivery.state, delivery.reason) == (State.CANCELLED, "test_over")


def test_a_test_that_a_worker_is_about_to_make_is_called_off_for_good(doorbell: Doorbell) -> None:
    """And that worker dies before it hears of it."""
    job_id = doorbell.json(*TEST)["job_id"]
    job, work = job_of(doorbell, job_id)
    assert jobs(doorbell).save(job.taken(time.time()))
    doorbell.json("jobs", "cancel", job_id, "--tenant", "acme")
    made = trials(doorbell.target)
    made.page(work)
    delivery = made.delivery(work.key)
    assert delivery is not None
    assert (delivery.state, delivery.reason, delivery.due_at) == (State.CANCELLED, "test_over", None)


@pytest.mark.parametrize(
    ("item", "says"), [({"enabled": False}, "disabled"), ({"paused": True}, "paused"), ({}, "parked")]
)
@pytest.mark.parametrize("background", [True, False])
def test_a_subscription_that_gets_nothing_now_is_refused_and_what_to_do_is_said(
    doorbell: Doorbell, item: dict[str, Any], says: str, background: bool
) -> None:
    doorbell.subscribe("billing", **item)
    if not item:
        health = Health(failures=5, parked_until=time.time() + 600)
        endpoints(doorbell.target).write_health("acme/billing", health)
    refused = doorbell.run(*(TEST if background else TEST[:-1]))
    assert (refused.exit_code, says in refused.stderr, "--direct" in refused.stderr) == (1, True, True)
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--direct",), 2),
        (("--retry",), 2),
        (("--wait", "0"), 2),
        (("--wait", "3601"), 2),
        (("--data", '"\\ud800"'), 2),
        (("--data", "NaN"), 2),
        (("--data", f'"{"a" * 4096}"'), 2),
        (("--type", "a b"), 2),
    ],
)
def test_what_is_asked_wrongly_is_no_job(doorbell: Doorbell, wrong: tuple[str, ...], code: int) -> None:
    refused = doorbell.run(*TEST, *wrong)
    assert refused.exit_code == code, refused.output
    assert wrong[0].removeprefix("--") in refused.stderr
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []


def test_half_a_surrogate_pair_is_refused_without_the_background_too(doorbell: Doorbell) -> None:
    refused = doorbell.run(*TEST[:-1], "--data", '"\\ud800"')
    assert (refused.exit_code, "--data" in refused.stderr) == (2, True)


def test_a_stack_of_before_there_were_jobs_is_not_given_one(doorbell: Doorbell) -> None:
    del doorbell.target.outputs["JobsFunctionName"]  # type: ignore[attr-defined]
    refused = doorbell.run(*TEST)
    assert (refused.exit_code, "new enough" in refused.stderr) == (2, True)
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []
