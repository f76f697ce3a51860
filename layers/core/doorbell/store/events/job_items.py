"""Jobs in the Events table. Key `event_id = "work#<tenant>/<job id>"`, `sk = "work"`; attributes as in
`domain.jobs.Job`, its work flat, by `kind`.

- Until it has ended it stands in the due index, in a partition of its own (`due_shard = "jobs"`), which no
  sweeper asks for deliveries; who looks for pending deliveries there looks by `tenant_id`, which it has not.
- Listed by the event log's index under a partition of its own, `tenant_day = "#work#<tenant>"`, which no
  tenant's day can be. Releases before know neither: they leave it alone.

About 1 KiB: one write unit, and one for each of the two indexes. Kept for a month (`expires_at`).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from doorbell.domain.jobs import Job, JobKey, JobState, Work, kind_of
from doorbell.domain.previews import PreviewJob
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.domain.trial_jobs import TrialJob
from doorbell.domain.unknown_jobs import UnknownJob
from doorbell.store.deliveries.due_jobs import DUE_SHARD
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE
from doorbell.store.events.preview_items import preview_from, preview_values
from doorbell.store.events.purge_items import purge_from, purge_values
from doorbell.store.events.trial_items import trial_from, trial_values

PREFIX, SK = "work#", "work"
NEWER = "A newer release wrote it (kind {kind}, state {state}). This one leaves it as it is."


def works_partition(tenant_id: str) -> str:
    return f"#work#{tenant_id}"


def work_key(key: JobKey) -> dict[str, Any]:
    return {"event_id": f"{PREFIX}{key.tenant_id}/{key.job_id}", "sk": SK}


def parse_work_key(event_id: str) -> JobKey:
    tenant_id, _, job_id = event_id.removeprefix(PREFIX).partition("/")
    return JobKey(tenant_id, job_id)


def job_values(job: Job) -> dict[str, Any]:
    work, selection = job.work, asdict(job.work.selection)
    return {
        **work_key(job.key),
        "kind": kind_of(work),
        "tenant": selection["tenant_id"],
        "subscription": selection["subscription_id"],  # not the name of an index's key
        "since": selection["since"],
        "until": selection["until"],
        "states": list(selection["states"]),
        **_work_values(work),
        "cursor": None if work.cursor is None else dict(work.cursor),
        "written_at": work.finished_at,
        "by": job.by,
        "state": job.state.value,
        "tries": job.tries,
        "problem": job.problem,
        "closed_at": job.ended_at,
        "closed_by": job.ended_by,
        "version": job.version,
        "tenant_day": works_partition(selection["tenant_id"]),
        "created_at": job.asked_at,
        "due_shard": None if job.due_at is None else DUE_SHARD,
        "due_at": job.due_at,
        TTL_ATTRIBUTE: job.expires_at,
    }


def job_from(values: Mapping[str, Any]) -> Job:
    """What only a newer release can read is an `UnknownJob`: it keeps no other from being read."""
    try:
        return _known_from(values)
    except (KeyError, TypeError, ValueError):
        return _unknown_from(values)


def _known_from(values: Mapping[str, Any]) -> Job:
    key = parse_work_key(values["event_id"])
    selection = Selection(
        key.tenant_id, values["subscription"], values["since"], values["until"], tuple(values["states"])
    )
    return Job(
        work=_WORK_FROM[values["kind"]](key.job_id, selection, values),
        by=values["by"],
        asked_at=values["created_at"],
        due_at=values.get("due_at"),
        state=JobState(values["state"]),
        tries=values["tries"],
        problem=values.get("problem", ""),
        ended_at=values.get("closed_at"),
        ended_by=values.get("closed_by", ""),
        version=values["version"],
    )


def _unknown_from(values: Mapping[str, Any]) -> Job:
    key, asked_at = parse_work_key(values["event_id"]), float(values.get("created_at", 0))
    kind, state, due_at = str(values.get("kind")), str(values.get("state")), values.get("due_at")
    known = state in JobState
    selection = Selection(key.tenant_id, str(values.get("subscription", "")), asked_at, asked_at, ())
    told = NEWER.format(kind=kind, state=state)
    return Job(
        work=UnknownJob(key.job_id, selection, kind),
        by=str(values.get("by", "")),
        asked_at=asked_at,
        due_at=due_at,
        state=JobState(state) if known else JobState.DONE if due_at is None else JobState.QUEUED,
        problem=f"{told} {values['problem']}" if values.get("problem") else told,
        version=int(values.get("version", 1)),
    )


def _work_values(work: Work) -> dict[str, Any]:
    match work:
        case PreviewJob():
            return preview_values(work)
        case TrialJob():
            return trial_values(work)
        case PurgeJob():
            return purge_values(work)
        case UnknownJob():
            raise TypeError(f"{work.job_id} is a newer release's: this one cannot write it")
    return _replay_values(work)


def _replay_values(work: ReplayJob) -> dict[str, Any]:
    return {
        "per_second": work.per_second,
        "started_at": work.started_at,
        "position": work.position,
        "created": work.created,
        "skipped": dict(work.skipped),
    }


def _replay_from(job_id: str, selection: Selection, values: Mapping[str, Any]) -> ReplayJob:
    return ReplayJob(
        job_id=job_id,
        selection=selection,
        per_second=values["per_second"],
        started_at=values["started_at"],
        cursor=values.get("cursor"),
        position=values["position"],
        created=values["created"],
        skipped=values["skipped"],
        finished_at=values.get("written_at"),
    )


_WORK_FROM: Mapping[str, Callable[[str, Selection, Mapping[str, Any]], Work]] = {
    "replay": _replay_from,
    "preview": preview_from,
    "test": trial_from,
    "purge": purge_from,
}
