"""Jobs on record: one of two writers wins, each tenant lists its own, nobody takes them for deliveries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.deliveries import Attempt
from doorbell.domain.errors import Refusal
from doorbell.domain.jobs import KEPT_SECONDS, Job, JobKey, JobState, kind_of
from doorbell.domain.previews import Example, ExpressionFailed, PreviewJob, Rule
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import UNMATCHED, Cursor, ReplayJob, Selection
from doorbell.domain.trial_jobs import Outcome, TrialJob
from doorbell.runtime.jobs_json import job_json
from doorbell.store.deliveries.due_index import DueIndexQuery
from doorbell.store.deliveries.due_jobs import AnyDueJob
from doorbell.store.deliveries.pending_walk import PendingWalk
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.job_items import job_values, work_key
from doorbell.store.events.jobs import DueJobIndex, JobTable
from doorbell.store.events.replay_jobs import ReplayTable
from doorbell.usecases.jobs import JobDesk
from doorbell.usecases.work_off import WorkOff
from tests.integration.conftest import Aws
from tests.support.fakes import RecordingLog

NOW = 1_700_000_000.0


def a_job(job_id: str = "aa00", tenant: str = "acme", at: float = NOW) -> Job:
    work = ReplayJob(job_id, Selection(tenant, "sub", NOW - 60, NOW), 2.5, started_at=at)
    return Job(work, "arn:aws:iam::1:user/ana", at, due_at=at)


@pytest.fixture
def table(aws: Aws) -> JobTable:
    return JobTable(aws.dynamodb, aws.table("EventsTable"), lambda: NOW)


@pytest.fixture
def index(aws: Aws, table: JobTable) -> DueJobIndex:
    return DueJobIndex(aws.dynamodb, table.table)


def test_what_was_saved_is_read_and_whoever_has_read_before_is_overtaken(table: JobTable) -> None:
    job = a_job()
    assert table.save(job)
    assert table.save(job), "the client repeated it after it took effect"
    assert not table.save(replace(job, by="another"))
    work = replace(
        job.replay, cursor={"ended_at": NOW, "event_id": "evt_1"}, position=7, created=6,
        skipped={"expired": 1}, finished_at=NOW, selection=replace(job.work.selection, states=(UNMATCHED,)),
    )  # fmt: skip
    given = replace(
        job, work=work, state=JobState.FAILED, due_at=None, tries=2, problem="why", ended_at=NOW + 1,
        ended_by="ben", version=2,
    )  # fmt: skip
    assert table.save(given)
    assert table.load(job.key) == given
    assert not table.save(replace(job, version=2))
    assert table.load(JobKey("other", "aa00")) is None


def test_a_preview_is_read_as_it_was_saved(table: JobTable) -> None:
    selection, rule = (
        replace(a_job().replay.selection, states=()),
        Rule(("github",), ("a.*",), "body.paid", None),
    )
    work = PreviewJob("cc00", selection, rule)
    asked = replace(a_job("cc00"), work=work)
    assert table.save(asked)
    assert table.load(asked.key) == asked
    got_on = replace(
        work, cursor={"at": NOW, "seen": "evt_1"}, looked=7, matched=3, did_match=2, bodies_gone=1, failed=1,
        examples=(Example("evt_1", NOW - 0.5, "push"),),
        errors=(ExpressionFailed("evt_2", "filter", "why"),),
        finished_at=NOW,
    )  # fmt: skip
    moved = asked.moved(got_on, NOW)
    assert table.save(moved)
    assert table.load(asked.key) == moved
    assert table.page("acme", None, 10).jobs == (moved,)


def test_a_test_is_read_as_it_was_saved_and_due_when_it_is_to_be_looked_at(
    table: JobTable, index: DueJobIndex
) -> None:
    work = TrialJob("dd00", replace(a_job().replay.selection, states=()), "a.b", '{"ü": 1}')
    asked = replace(a_job("dd00"), work=work)
    assert table.save(asked)
    assert table.load(asked.key) == asked
    resting = asked.moved(replace(work, made_at=NOW, look_at=NOW + 60, reason="parked"), NOW)
    assert table.save(resting)
    assert (table.load(asked.key), list(index.due(NOW + 59))) == (resting, [])
    assert list(index.due(NOW + 60)) == [asked.key]
    attempt = Attempt(1, NOW + 0.5, 41, None, "timeout", "after 15 s", "")
    ended = replace(work, made_at=NOW, outcome=Outcome.FAILED, attempt=attempt, finished_at=NOW)
    done = resting.moved(ended, NOW)
    assert table.save(done)
    assert table.load(asked.key) == done
    assert done.expires_at == int(asked.asked_at) + KEPT_SECONDS


def test_a_purge_is_read_as_it_was_saved(table: JobTable) -> None:
    work = PurgeJob("ee00", Selection("acme", "", NOW, NOW, ()), removes=True)
    asked = replace(a_job("ee00"), work=work)
    assert table.save(asked)
    assert table.load(asked.key) == asked
    moved = asked.moved(work.counted("events", 3, 9).at("events", {"at": NOW + 0.25, "seen": "evt_1"}), NOW)
    assert table.save(moved)
    assert table.load(asked.key) == moved
    done = moved.moved(work.looks_again().counted("bodies", 1, 0).ended(4, NOW), NOW)
    assert table.save(done)
    assert table.load(asked.key) == done


def test_what_is_no_longer_kept_is_gone_before_it_is_removed(table: JobTable) -> None:
    old = a_job(at=NOW - KEPT_SECONDS - 1)
    table.save(old)
    assert table.load(old.key) is None
    assert table.page("acme", None, 10).jobs == ()


def test_a_job_of_a_kind_that_only_a_newer_release_knows_is_left_as_it_is_and_keeps_no_other_waiting(
    table: JobTable, index: DueJobIndex
) -> None:
    newer, known = a_job("aa00", at=NOW - 60), a_job("aa01")
    table.save(known)
    item = marshal({**job_values(newer), "kind": "dance", "per_second": None})
    table.client.put_item(TableName=table.table, Item=item)
    there = table.load(newer.key)
    assert there is not None
    assert (kind_of(there.work), there.by, there.asked_at) == ("dance", newer.by, newer.asked_at)
    assert there.problem.startswith("A newer release wrote it (kind dance, state queued).")
    assert table.page("acme", None, 10).jobs == (known, there)
    worked, log = list[str](), RecordingLog()

    def step(work: ReplayJob) -> ReplayJob:
        worked.append(work.job_id)
        return replace(work, finished_at=NOW)

    work_off = WorkOff(table, index, lambda job: step, lambda job: None, lambda: NOW, log)
    assert work_off(stop_at=NOW + 60) == 1
    assert worked == ["aa01"]
    assert ("info", "job_passed_over", {"job_id": "aa00", "why": there.problem}) in log.lines
    assert table.client.get_item(TableName=table.table, Key=marshal(work_key(newer.key)))["Item"] == item


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "dance"},
        {"kind": "dance", "subscription": None, "since": None, "until": None, "states": None, "tries": None},
        {"state": "frozen"},
        {"state": "frozen", "due_at": None, "due_shard": None},
        {"kind": "test", "outcome": "perhaps", "event_type": "t", "body": "{}", "reason": ""},
        {"position": None},
    ],
)
def test_whatever_a_newer_release_wrote_of_a_job_is_told_kept_and_called_off_by_nobody(
    table: JobTable, index: DueJobIndex, changed: dict[str, Any]
) -> None:
    newer, log = a_job("aa00"), RecordingLog()
    item = marshal({**job_values(newer), **changed})
    table.client.put_item(TableName=table.table, Item=item)
    desk = JobDesk(table, lambda *_: None, lambda: NOW, lambda: "x", log)
    kind, state = changed.get("kind", "replay"), changed.get("state", "queued")
    told = job_json(desk.show(newer.key))
    assert told["problem"].startswith(f"A newer release wrote it (kind {kind}, state {state}).")
    assert told["kind"] == kind
    with pytest.raises(Refusal, match="unknown_kind"):
        desk.cancel(newer.key, "me")
    assert WorkOff(table, index, unasked, lambda job: None, lambda: NOW, log)(stop_at=NOW + 60) == 0
    assert table.client.get_item(TableName=table.table, Key=marshal(work_key(newer.key)))["Item"] == item


def unasked(job: Job) -> Any:
    raise AssertionError(f"{job} is worked on")


def test_jobs_are_listed_by_tenant_newest_first_page_by_page(table: JobTable) -> None:
    for number in range(5):
        for tenant in ("acme", "acme.x"):
            table.save(a_job(f"aa0{number}", tenant, NOW - number))
    found, after = list[tuple[str, str]](), None
    while True:
        page = table.page("acme", after, 2)
        found += [(job.key.tenant_id, job.key.job_id) for job in page.jobs]
        after = page.after
        if after is None:
            break
    assert found == [("acme", f"aa0{number}") for number in range(5)]


def test_a_job_is_due_until_it_has_ended(table: JobTable, index: DueJobIndex) -> None:
    job, later = a_job(), a_job("bb00", at=NOW + 60)
    table.save(job)
    table.save(later)
    assert list(index.due(NOW)) == [job.key]
    any_due = AnyDueJob(table.client, table.table)
    assert (any_due(NOW - 1), any_due(NOW)) == (False, True)
    assert list(index.due(NOW + 60)) == [job.key, later.key]
    table.save(job.cancelled("ben", NOW))
    assert list(index.due(NOW)) == []


def test_the_sweeper_and_those_who_look_for_deliveries_and_for_older_jobs_see_none(
    aws: Aws, table: JobTable
) -> None:
    """As releases before look, too."""
    table.save(a_job())
    due = DueIndexQuery(aws.dynamodb, table.table, 32)
    assert [row for shard in range(32) for row in due.due(shard, NOW + 60)] == []
    assert PendingWalk(aws.dynamodb, table.table).pending("acme").rows == []
    older = ReplayTable(aws.dynamodb, table.table, 32)
    assert list(older.jobs("acme")) == []
    assert older.load("aa00") is None


def test_an_item_is_small(table: JobTable) -> None:
    """It is written once a page: 1 KiB is one write unit."""
    cursor: Cursor = {
        "event_id": "e" * 40,
        "sk": "delivery#sub#0001",
        "subscription_id": "acme/sub",
        "ended_at": NOW,
    }
    job = a_job("f" * 32)
    table.save(replace(job, work=replace(job.replay, cursor=cursor, skipped={"replayed_already": 1234})))
    answer = table.client.get_item(TableName=table.table, Key=marshal(work_key(job.key)))
    assert len(str(answer["Item"])) < 1600
