"""A job that the stack works on by itself: what was asked for, how far it is, and why it failed."""

from dataclasses import dataclass

from doorbell.domain.jobs import Job, JobState, kind_of
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
