"""Preview: recorded events through a subscription as it would be. It reads, and writes nothing.

Costs of an event: half a read unit for each 4 KiB of it, and an S3 GET where an expression is asked of a body
that is there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import batched

from doorbell.domain.errors import DoorbellError
from doorbell.domain.matching import Match, match
from doorbell.domain.previews import PreviewJob
from doorbell.domain.records import Incoming, StoredEvent
from doorbell.domain.subscriptions import Interest, Subscription
from doorbell.usecases.left_out import EventLogs
from doorbell.usecases.log_pages import place_behind, rows_behind
from doorbell.usecases.ports import Bodies, Clock
from doorbell.usecases.would_match import EventReads

PAGE = 100
AT_ONCE = 10
PAGE_SECONDS = 20.0
"""A page ends early after that: a transform may take three seconds, and ten of them must still fit the lease
and the time that a function has left."""

type Passes = Callable[[str, Incoming, bytes], bool]
"""Whether a filter lets an event through. Raises `FilterError`."""
type Transform = Callable[[str, StoredEvent, bytes], object]
"""Raises a `DoorbellError` where there is no result."""


class BodyGone(Exception):
    """The body is kept no longer."""


def body_of(event: StoredEvent, bodies: Bodies) -> bytes:
    """Raises `BodyGone`."""
    try:
        return event.incoming.body.read(bodies.get)
    except KeyError:
        raise BodyGone from None


def tried(wants: Subscription | Interest, event: StoredEvent, bodies: Bodies, passes: Passes) -> Match:
    """Whether `wants` wants it. Raises `BodyGone` where its filter is asked and there is nothing to ask."""
    incoming = event.incoming
    return match(
        wants,
        source_id=incoming.source_id,
        event_type=incoming.event_type,
        event_types=incoming.event_types,
        passes=lambda expression: passes(expression, incoming, body_of(event, bodies)),
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """`passes` and `transform` keep nothing of an event: parsed it takes thirty times its length, and one of
    them is at work while the other's is let go. `ignores`: a source whose events are nobody's."""

    log: EventLogs
    events: EventReads
    bodies: Bodies
    passes: Passes
    transform: Transform
    clock: Clock
    ignores: str = ""
    page_size: int = PAGE

    def page(self, job: PreviewJob) -> PreviewJob:
        """The job as it is after one page more, earliest first. Not saved."""
        before, until = job.cursor, self.clock() + PAGE_SECONDS
        rows, looked = rows_behind(self.log, job.selection, before, self.page_size), 0
        for some in batched(rows, AT_ONCE, strict=False):
            ids = [row.event_id for row in some if row.source_id != self.ignores]
            for event in self.events(ids):
                job = self._with(job, event)
            looked += len(some)
            if self.clock() >= until:
                break
        if looked == len(rows) < self.page_size:
            return replace(job, cursor=None, finished_at=self.clock())
        return replace(job, cursor=place_behind(rows[:looked], before))

    def _with(self, job: PreviewJob, event: StoredEvent) -> PreviewJob:
        wants = job.rule.interest(job.selection.subscription_id)
        try:
            found = tried(wants, event, self.bodies, self.passes)
            problem = self._untransformed(job.rule.transform, event) if found.matched else None
        except BodyGone:
            return replace(job, bodies_gone=job.bodies_gone + 1)
        return job.with_event(event, found, problem)

    def _untransformed(self, transform: str | None, event: StoredEvent) -> str | None:
        if transform is None:
            return None
        body = body_of(event, self.bodies)
        try:
            self.transform(transform, event, body)
        except DoorbellError as error:
            return str(error)
        return None
