"""A job that the stack works on by itself: what was asked for, how far it is, and why it failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from doorbell.domain.jobs import Job, JobKey, JobState, kind_of
from doorbell.runtime.jobs_json import job_json
from doorbell_cli.cells import shown
from doorbell_cli.ops.jobs import result_of

TONES = {
    JobState.QUEUED: "plain",
    JobState.RUNNING: "yellow",
    JobState.DONE: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "plain",
}


@dataclass(frozen=True, slots=True)
class Work:
    job_id: str
    tenant_id: str
    subscription_id: str
    kind: str
    asked_at: float
    by: str
    state: str
    tone: str
    result: str
    problem: str


def work(job: Job) -> Work:
    key, selection = job.key, job.work.selection
    kind = kind_of(job.work)
    about = (key.job_id, key.tenant_id, selection.subscription_id, kind, job.asked_at, job.by)
    return Work(*about, job.state.value, TONES[job.state], result_of(job), job.problem)


@dataclass(frozen=True, slots=True)
class Detail:
    """`facts`: all that is known of it, as `doorbell jobs show` has it. `path`: of its page."""

    work: Work
    ended: bool
    facts: Sequence[tuple[str, str]]
    path: str


def detail(job: Job) -> Detail:
    facts = [(name.replace("_", " "), shown(value)) for name, value in job_json(job).items() if value]
    return Detail(work(job), job.state.ended, facts, job_path(job.key))


def job_path(key: JobKey) -> str:
    return f"/jobs/{quote(key.tenant_id, safe='')}/{quote(key.job_id, safe='')}"
