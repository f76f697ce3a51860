"""Bugs of tests: a second event, one that is tried for days, an outcome that is not what was."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.deliveries import Delivery
from doorbell.domain.jobs import Job
from doorbell.domain.trial_jobs import Outcome, TrialJob
from doorbell.usecases.trial import Trials
from tests.simulation.mutations import Mutation, Wrap

TRIALS: list[Mutation] = []


def bug(says: str, owner: Any, name: str) -> Callable[[Wrap], Wrap]:
    def register(wrap: Wrap) -> Wrap:
        TRIALS.append(Mutation(says, owner, name, wrap))
        return wrap

    return register


@bug("the event's id is another each time", Trials, "start")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Trials, event: Any, key: Any) -> None:
        other = replace(key, event_id=f"{key.event_id}{self.ids()}")
        sound(self, replace(event, event_id=other.event_id), other)

    return mutant


@bug("what is made again is put over what is there", Trials, "start")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Trials, event: Any, key: Any) -> None:
        sound(self, replace(event, created_at=event.created_at + 40 * 86_400), key)

    return mutant


@bug("what failed is left to be tried again", Trials, "end")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, key: self.delivery(key)


@bug("what a dispatcher has is taken from it", Trials, "end")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Trials, key: Any) -> Delivery | None:
        late: Delivery | None = sound(replace(self, clock=lambda: self.clock() + 3600), key)
        return late

    return mutant


@bug("who cancels leaves what a worker is about to make", Trials, "let_go")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, work, may_be_made: sound(self, work, may_be_made=False)


@bug("a job that rests is never looked at again", TrialJob, "rested")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, delivery, now: replace(sound(self, delivery, now), look_at=now + 90 * 86_400)


@bug("a job that was taken and rests is another's at once", Job, "is_due")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: self.due_at is not None


@bug("what was not tried in time has failed", TrialJob, "ended")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TrialJob, *told: Any) -> TrialJob:
        done: TrialJob = sound(self, *told)
        return replace(done, outcome=Outcome.FAILED) if done.outcome is Outcome.NOT_YET else done

    return mutant


@bug("the outcome is that of the look before", TrialJob, "ended")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TrialJob, *told: Any) -> TrialJob:
        done: TrialJob = sound(self, *told)
        return replace(done, attempt=self.attempt)

    return mutant
