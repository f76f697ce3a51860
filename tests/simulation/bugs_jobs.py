"""Bugs of jobs: two at a time, a page that is lost or counted twice, a cancel that nobody minds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.jobs import Job, JobState
from doorbell.domain.replays import ReplayJob
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.job_items import job_values
from doorbell.store.events.jobs import JobTable
from doorbell.usecases.jobs import JobDesk
from doorbell.usecases.replay_many import ReplayMany
from doorbell.usecases.work_off import WorkOff
from tests.simulation.mutations import Mutation, Wrap

JOBS: list[Mutation] = []


def bug(says: str, owner: Any, name: str) -> Callable[[Wrap], Wrap]:
    def register(wrap: Wrap) -> Wrap:
        JOBS.append(Mutation(says, owner, name, wrap))
        return wrap

    return register


@bug("a job is written whoever wrote it meanwhile", JobTable, "save")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: JobTable, job: Job) -> bool:
        self.client.put_item(TableName=self.table, Item=marshal(job_values(job)))
        return True

    return mutant


@bug("a job is taken although another has it", Job, "is_due")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: self.due_at is not None


@bug("what a page has made is not counted", WorkOff, "_moved")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, job, work: sound(self, job, replace(work, created=job.replay.created))


@bug("what an earlier try of the page made is another's", ReplayMany, "page")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: ReplayMany, job: ReplayJob) -> ReplayJob:
        done: ReplayJob = sound(self, replace(job, job_id=f"{job.job_id}.{self.clock()}"))
        return replace(done, job_id=job.job_id)

    return mutant


@bug("who was cancelled in a page forgets what it made", Job, "counted")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, work, now: sound(self, self.work, now)


@bug("who was cancelled goes on", WorkOff, "_moved")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: WorkOff, job: Job, work: ReplayJob) -> Job | None:
        moved = sound(self, job, work)
        if moved is not None:
            return moved  # type: ignore[no-any-return]
        there = self.jobs.load(job.key)
        return None if there is None else replace(there, state=JobState.RUNNING)

    return mutant


@bug("what was done is cancelled", JobDesk, "cancel")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, key, by: self.jobs.save(self.show(key).cancelled(by, self.clock()))


@bug("the rest of a long job is nobody's", Job, "put_back")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: sound(self, now + 40 * 86_400)


@bug("a job whose service did not answer is done", Job, "put_off")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: self.moved(replace(self.work, finished_at=now), now)
