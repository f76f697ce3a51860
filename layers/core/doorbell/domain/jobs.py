"""A job: much work that somebody asked for, and that a function does in slices. Times are epoch seconds.

    queued → running → done, failed
    queued, running → cancelled

Whoever works on it takes it for a while (`taken`), and moves it on after each page (`moved`). One that waits
for something rests until it is to be looked at; nobody has it meanwhile. Each step is
one write on the condition that nobody else wrote meanwhile (`version`). A worker that dies leaves the job due
when its time is over. A job that is taken again and again and never moves is given up.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from doorbell.domain.previews import PreviewJob
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import ReplayJob
from doorbell.domain.trial_jobs import TrialJob
from doorbell.domain.unknown_jobs import UnknownJob

type Work = ReplayJob | PreviewJob | TrialJob | PurgeJob | UnknownJob
"""What is done, and how far it has come. Each kind has an id, a selection, and an end."""


def kind_of(work: Work) -> str:
    """As people name it."""
    match work:
        case PreviewJob():
            return "preview"
        case TrialJob():
            return "test"
        case PurgeJob():
            return "purge"
        case UnknownJob():
            return work.kind
    return "replay"


LEASE_SECONDS = 120.0
"""For one page: a hundred events, with their bodies and a filter that takes its time."""
TRIES = 10
"""So many times it is taken and does not move: some two hours where a service does not answer."""
RETRY_SECONDS = 60.0
MOST_RETRY_SECONDS = 900.0
KEPT_SECONDS = 31 * 86_400


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class JobKey:
    tenant_id: str
    job_id: str


@dataclass(frozen=True, slots=True)
class Job:
    """`work`: a replay's own `version` is not used. `by`: who asked, AWS's ARN.
    `due_at`: when somebody must look at it, None once it has ended. `tries`: how often it was taken since it
    moved last. `problem`: why it failed. `version` counts the writes of its item."""

    work: Work
    by: str
    asked_at: float
    due_at: float | None
    state: JobState = JobState.QUEUED
    tries: int = 0
    problem: str = ""
    ended_at: float | None = None
    ended_by: str = ""
    version: int = 1

    @property
    def key(self) -> JobKey:
        return JobKey(self.work.selection.tenant_id, self.work.job_id)

    @property
    def replay(self) -> ReplayJob:
        """Its work, of one that is known to be a replay."""
        assert isinstance(self.work, ReplayJob)
        return self.work

    @property
    def expires_at(self) -> int:
        return int(self.asked_at) + KEPT_SECONDS

    @property
    def rests_until(self) -> float | None:
        """None: there is something to do."""
        return self.work.look_at if isinstance(self.work, TrialJob) else None

    @property
    def may_be_worked_on(self) -> bool:
        """Of one that was cancelled, or whose worker says that it cannot be done: another who took it may be
        at its next page, and does not know."""
        return self.tries > (0 if self.state is JobState.CANCELLED else 1)

    def is_due(self, now: float) -> bool:
        return self.due_at is not None and self.due_at <= now

    def taken(self, now: float) -> "Job":
        """Somebody begins a slice of it; nobody else does until the lease is over."""
        work = self.work.rebased(now)
        return self._written(
            work=work, state=JobState.RUNNING, tries=self.tries + 1, due_at=now + LEASE_SECONDS
        )

    def moved(self, work: Work, now: float) -> "Job":
        """A page of it is done."""
        if work.finished_at is not None:
            return self._written(work=work, tries=0)._ended(JobState.DONE, now)
        moved = self._written(work=work, tries=0, due_at=now + LEASE_SECONDS)
        return moved if moved.rests_until is None else replace(moved, due_at=moved.rests_until)

    def put_back(self, now: float) -> "Job":
        """The slice is over, and there is more to do."""
        return self._written(due_at=now)

    def put_off(self, now: float) -> "Job":
        """Something did not answer: later, and less often each time."""
        wait = min(RETRY_SECONDS * 2.0 ** (self.tries - 1), MOST_RETRY_SECONDS)
        return self._written(due_at=now + wait)

    def failed(self, problem: str, now: float) -> "Job":
        return self._written(problem=problem)._ended(JobState.FAILED, now)

    def cancelled(self, by: str, now: float) -> "Job":
        """What it has done stays done."""
        return self._written(ended_by=by)._ended(JobState.CANCELLED, now)

    def lacks_what_came_after(self, before: "Job") -> bool:
        """A page was done of `before`, and nobody has put that page on record, however often it was taken
        since. One that has failed or is done has its last word said."""
        is_open = self.state is JobState.CANCELLED or not self.state.ended
        return is_open and self.work.rebased(inf) == before.work.rebased(inf)

    def counted(self, work: Work, now: float) -> "Job":
        """Cancelled, or taken by another, while a page was done: that page is on record too."""
        return self.moved(work, now) if not self.state.ended else self._written(work=work)

    def _ended(self, state: JobState, now: float) -> "Job":
        return replace(self, state=state, due_at=None, ended_at=now)

    def _written(self, **changes: object) -> "Job":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class JobsPage:
    """Newest first. `after`: (asked_at, job id) to go on behind; None at the end."""

    jobs: tuple[Job, ...]
    after: tuple[float, str] | None
