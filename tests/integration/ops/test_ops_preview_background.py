"""`subscriptions preview --background`, which has the stack look."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from doorbell.domain.jobs import JobKey
from doorbell.domain.previews import PreviewJob, Rule
from doorbell.store.events.jobs import JobTable
from tests.integration.ops.deployed import Doorbell

ITEM = {
    "tenant_id": "acme",
    "subscription_id": "new",
    "url": "https://example.com/hook",
    "signing": "none",
    "event_types": ["Push Hook"],
    "filter": "body.paid",
}


def preview(folder: Path, *items: dict[str, Any]) -> tuple[str, ...]:
    (folder / "new.json").write_text(json.dumps(list(items) if len(items) > 1 else items[0]))
    return "subscriptions", "preview", str(folder / "new.json"), "--background"


def jobs(doorbell: Doorbell) -> JobTable:
    return JobTable(doorbell.target.client("dynamodb"), "EventsTable", time.time)


def test_a_preview_in_the_background_is_a_job_with_the_rule_of_the_file(
    doorbell: Doorbell, tmp_path: Path
) -> None:
    told = doorbell.json(*preview(tmp_path, ITEM), "--since", "1h")
    assert (told["kind"], told["state"], told["subscription_id"]) == ("preview", "queued", "new")
    job = jobs(doorbell).load(JobKey("acme", told["job_id"]))
    assert job is not None
    assert isinstance(job.work, PreviewJob)
    assert job.work.rule == Rule(event_types=("Push_Hook",), filter="body.paid")
    assert job.is_due(time.time())
    assert job.work.selection.until - job.work.selection.since == 3600
    assert doorbell.json("jobs", "show", told["job_id"], "--tenant", "acme") == told


def test_its_result_is_in_the_list_and_in_the_job(doorbell: Doorbell, tmp_path: Path) -> None:
    said = doorbell.run(*preview(tmp_path, ITEM))
    assert "doorbell jobs show" in said.stderr
    job_id = doorbell.json("jobs", "list", "--tenant", "acme")[0]["job_id"]
    assert job_id in said.stdout
    asked = jobs(doorbell).load(JobKey("acme", job_id))
    assert asked is not None
    assert isinstance(asked.work, PreviewJob)
    work = replace(asked.work, looked=1840, matched=212)
    assert jobs(doorbell).save(asked.moved(work, time.time()))
    assert "212 of 1,840 match" in doorbell.run("jobs", "list", "--tenant", "acme").stdout
    shown = doorbell.run("jobs", "show", job_id, "--tenant", "acme").stdout
    assert "1840" in shown


def test_each_subscription_of_a_file_is_a_job(doorbell: Doorbell, tmp_path: Path) -> None:
    told = doorbell.json(*preview(tmp_path, ITEM, {**ITEM, "subscription_id": "other"}))
    assert [job["subscription_id"] for job in told] == ["new", "other"]


def test_what_could_not_be_written_or_is_asked_wrongly_is_no_job(doorbell: Doorbell, tmp_path: Path) -> None:
    broken = doorbell.run(*preview(tmp_path, {**ITEM, "filter": "body.["}))
    assert (broken.exit_code == 0, "filter" in broken.stderr) == (False, True)
    limited = doorbell.run(*preview(tmp_path, ITEM), "--limit", "5")
    assert (limited.exit_code, "--limit" in limited.stderr) == (2, True)
    del doorbell.target.outputs["JobsFunctionName"]  # type: ignore[attr-defined]
    old = doorbell.run(*preview(tmp_path, ITEM))
    assert (old.exit_code, "new enough" in old.stderr) == (2, True)
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []
