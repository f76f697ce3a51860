"""Bugs of previews: what was looked at is looked at again, or never, and the wrong ones are shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.previews import PreviewJob
from doorbell.usecases import preview
from doorbell.usecases.preview import Preview
from tests.simulation.mutations import Mutation, Wrap

PREVIEWS: list[Mutation] = []


def bug(says: str, owner: Any, name: str) -> Callable[[Wrap], Wrap]:
    def register(wrap: Wrap) -> Wrap:
        PREVIEWS.append(Mutation(says, owner, name, wrap))
        return wrap

    return register


@bug("who takes a preview up again begins anew and counts on", PreviewJob, "rebased")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: replace(self, cursor=None)


@bug("events of one moment are looked at again on the next page", preview, "place_behind")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda rows, before: {**sound(rows, before), "seen": ""}


@bug("the rest of events of one moment is left out", preview, "place_behind")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda rows, before: {"at": rows[-1].created_at + 0.5, "seen": ""}


@bug("a page that ended early is counted as whole", Preview, "page")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Preview, job: PreviewJob) -> PreviewJob:
        begun = self.clock()
        done: PreviewJob = sound(self, job)
        late = self.clock() > begun + 20
        return replace(done, finished_at=self.clock()) if late else done

    return mutant


@bug("the last that match are shown, not the first", PreviewJob, "with_event")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: PreviewJob, *told: Any) -> PreviewJob:
        done: PreviewJob = sound(replace(self, examples=()), *told)
        return replace(done, examples=(*self.examples, *done.examples)[-3:])

    return mutant
