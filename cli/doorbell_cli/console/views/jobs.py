"""A job that the stack works on by itself: what was asked for, how far it is, and why it failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from doorbell.domain.jobs import Job, JobKey, JobState, kind_of
from doorbell.domain.jobs import Work as JobWork
from doorbell.domain.trial_jobs import Outcome, TrialJob
from doorbell.domain.trials import says_verified
from doorbell.domain.unknown_jobs import UnknownJob
from doorbell.runtime.jobs_json import NOTHING, job_json
from doorbell_cli.cells import shown
from doorbell_cli.ops.job_card import NOT_OF
from doorbell_cli.ops.jobs import result_of
from doorbell_cli.ops.trying import VERIFIED

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

    @property
    def ended(self) -> bool:
        return JobState(self.state).ended


def work(job: Job) -> Work:
    key, selection = job.key, job.work.selection
    kind = kind_of(job.work)
    about = (key.job_id, key.tenant_id, selection.subscription_id, kind, job.asked_at, job.by)
    return Work(*about, job.state.value, TONES[job.state], result_of(job), job.problem)


@dataclass(frozen=True, slots=True)
class Detail:
    """`over`: it has ended, or only a newer release could call it off. `moments`: epoch seconds; None: not
    yet. `facts`: what else `doorbell jobs show` has. `path`: of its page. `verified`: what the receiver of a
    test says of the signature, and that in words; None: no test of it was delivered."""

    work: Work
    over: bool
    moments: Sequence[tuple[str, float | None]]
    facts: Sequence[tuple[str, str]]
    path: str
    verified: tuple[bool | None, str] | None


TOLD = {"tenant_id", "kind", "state", "subscription_id", "asked_at", "since", "until", "ended_at", "problem",
        "verified"}  # fmt: skip
"""Stands elsewhere on the page."""


def detail(job: Job) -> Detail:
    chosen, kind = job.work.selection, kind_of(job.work)
    before = "waits until" if isinstance(job.work, TrialJob) else "and before"
    times = {"since": ("of the time since", chosen.since), "until": (before, chosen.until)}
    without = NOT_OF.get(kind, frozenset())
    spans = [time for name, time in times.items() if name not in without]
    moments = [("asked", job.asked_at), *spans, ("ended", job.ended_at)]
    said = {name: value for name, value in job_json(job).items() if name not in TOLD | without}
    said = {name: value for name, value in said.items() if value or name != "tries"}
    facts = _facts({name: value for name, value in said.items() if NOTHING.get(name) != value})
    over = job.state.ended or isinstance(job.work, UnknownJob)
    return Detail(work(job), over, moments, facts, job_path(job.key), _verified(job.work))


def _verified(work: JobWork) -> tuple[bool | None, str] | None:
    if not isinstance(work, TrialJob) or work.outcome is not Outcome.DELIVERED or work.attempt is None:
        return None
    verified = says_verified(work.attempt, work.key.event_id)
    return verified, VERIFIED[verified]


def _facts(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Each that says something, what is nested one by one."""
    facts = list[tuple[str, str]]()
    for name, value in values.items():
        if isinstance(value, Mapping):
            facts += _facts(value)
        elif name not in TOLD and value not in (None, "", [], ()):
            facts.append((name.replace("_", " "), shown(value)))
    return facts


def job_path(key: JobKey) -> str:
    return f"/jobs/{quote(key.tenant_id, safe='')}/{quote(key.job_id, safe='')}"
