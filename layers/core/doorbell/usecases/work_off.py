"""Work off jobs: of those that are due a slice each, in turn, while there is time. One that rests is looked
at again by this call where that is soon, else by a later one.

A slice is so many pages at most, so that a long job does not keep a short one waiting. Who takes a job
writes that down first: nobody else takes it until the lease is over. After each page the job is written
again, on the condition that it is as this worker left it. A worker that was slower than its lease, or whose
job somebody cancelled, learns it there, and stops; its page is counted all the same, unless another has done
it again. What it did for that page is keyed by what it does and named after the job: whoever does the page
again finds it done.

Costs of a page: a write of the job, 1 KiB and its row in two indexes; of a slice two writes more, a strongly
consistent read, and half a read unit for the subscription. What a page itself costs `replay_many` and
`preview` say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count

from doorbell.domain.errors import ConfigError, Refusal, Unavailable
from doorbell.domain.jobs import TRIES, Job, JobKey, JobState, Work
from doorbell.domain.unknown_jobs import UnknownJob
from doorbell.usecases.ports import Clock, Log
from doorbell.usecases.ports_of_jobs import DueJobs, Jobs, Step

PAGES = 20
"""Of a slice: two thousand deliveries, or events."""
SOON_SECONDS = 10.0
"""So long a call stays for one that rests. It is billed for that time."""
LAG_SECONDS = 1.0
"""Within that an index shows what was written: https://repost.aws/knowledge-center/dynamodb-missing-table-items-gsi"""
GIVEN_UP = "given up: it did not get on in {tries} tries; the log of the function jobs says why"


@dataclass(frozen=True, slots=True)
class WorkOff:
    """`step_for`: what does a page of the job; it refuses, or raises `ConfigError`, where the job cannot be
    done. `tell`: hears of a job just before it is on record as done, so perhaps twice; raises nothing.
    `let_go`: ends what a job has begun that was cancelled or has failed. `sleep`: None = it waits for nobody.
    """

    jobs: Jobs
    index: DueJobs
    step_for: Callable[[Job], Step]
    tell: Callable[[Job], None]
    clock: Clock
    log: Log
    let_go: Callable[[Job], None] = lambda job: None
    sleep: Callable[[float], None] | None = None

    def __call__(self, *, stop_at: float) -> int:
        """How many slices were worked on, until nothing is due or the clock passes `stop_at`."""
        turns, slices = count(), 0
        waiting = [(0.0, next(turns), key) for key in self._due()]
        heapify(waiting)
        while waiting and self.clock() < stop_at:
            at, _, key = heappop(waiting)
            self._wait_until(at)
            try:
                job = self._take(key)
                if job is None:
                    continue
                slices += 1
                again_at = self._slice(job, stop_at)
                if again_at is not None and self._is_ours(again_at):
                    heappush(waiting, (again_at, next(turns), key))
            except Unavailable as error:  # it is due again when the lease is over
                self.log.error("job_left", job_id=key.job_id, cause=str(error))
        return slices

    def _due(self) -> list[JobKey]:
        """Whoever has just asked for a job calls before the index shows it, or by a clock that is ahead."""
        due = list(self.index.due(self.clock()))
        if due or self.sleep is None:
            return due
        self.sleep(LAG_SECONDS)
        return list(self.index.due(self.clock()))

    def _is_ours(self, at: float) -> bool:
        wait = at - self.clock()
        return wait <= 0 or (self.sleep is not None and wait <= SOON_SECONDS)

    def _wait_until(self, at: float) -> None:
        wait = at - self.clock()
        if wait > 0 and self.sleep is not None:
            self.sleep(wait)

    def _take(self, key: JobKey) -> Job | None:
        """None: another has it, it has ended, or it is given up now."""
        job, now = self.jobs.load(key), self.clock()
        if job is None or isinstance(job.work, UnknownJob):
            self.log.info("job_passed_over", job_id=key.job_id, why="gone" if job is None else job.problem)
            return None
        if job.state.ended or not job.is_due(now):
            return None
        if job.tries >= TRIES:
            self._fail(job, GIVEN_UP.format(tries=TRIES))
            return None
        taken = job.taken(now)
        return taken if self.jobs.save(taken) else None

    def _slice(self, job: Job, stop_at: float) -> float | None:
        """When there is more to do; None: nothing, or not for this call."""
        try:
            step = self.step_for(job)
            for _ in range(PAGES):
                if self.clock() >= stop_at:
                    break
                moved = self._moved(job, step(job.work))
                if moved is None or moved.state.ended:
                    return None
                job = moved
                if job.rests_until is not None:
                    return job.due_at
            back = job.put_back(self.clock())
            return back.due_at if self.jobs.save(back) else None
        except (Refusal, ConfigError) as error:
            self._fail(job, getattr(error, "detail", str(error)))
        except Unavailable as error:
            self.log.error("job_put_off", job_id=job.work.job_id, cause=str(error))
            self.jobs.save(job.put_off(self.clock()))
        return None

    def _moved(self, job: Job, work: Work) -> Job | None:
        """None: it is not this worker's any more."""
        moved = job.moved(work, self.clock())
        if moved.state is JobState.DONE:
            self.tell(moved)
        if self.jobs.save(moved):
            return moved
        there = self.jobs.load(job.key)
        while there is not None and there.lacks_what_came_after(job):
            if self.jobs.save(there.counted(work, self.clock())):
                break
            there = self.jobs.load(job.key)
        if there is not None and there.state is JobState.CANCELLED:
            self.let_go(there)
        return None

    def _fail(self, job: Job, problem: str) -> None:
        self.log.error("job_failed", job_id=job.work.job_id, problem=problem)
        if self.jobs.save(job.failed(problem, self.clock())):
            self.let_go(job)
