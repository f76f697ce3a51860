"""A preview: what a subscription would want of what is on record, were it as somebody thinks of making it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import StoredEvent
from doorbell.domain.replays import Cursor, Selection
from doorbell.domain.subscriptions import Interest, Subscription

EXAMPLES = 3
ERRORS = 3
MOST_OF_A_PROBLEM = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """Of a subscription what can be tried; its fields are those of `Subscription`."""

    sources: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    filter: str | None = None
    transform: str | None = None

    @classmethod
    def of(cls, subscription: Subscription | None, changed: Mapping[str, Any]) -> "Rule":
        """As `subscription` has it, or a new one, with what is `changed`."""
        there = cls()
        if subscription is not None:
            there = cls(
                subscription.sources, subscription.event_types, subscription.filter, subscription.transform
            )
        return replace(there, **changed)

    def interest(self, subscription_id: str) -> Interest:
        """It is asked as if it were on."""
        return Interest(subscription_id, True, self.sources, self.event_types, self.filter)


FIELDS = ("sources", "event_types", "filter", "transform")
"""Of `Rule`."""


@dataclass(frozen=True, slots=True)
class Example:
    event_id: str
    recorded_at: float
    event_type: str


@dataclass(frozen=True, slots=True)
class ExpressionFailed:
    """`expression`: "filter" or "transform"."""

    event_id: str
    expression: str
    problem: str


@dataclass(frozen=True, slots=True)
class PreviewJob:
    """The events in [since, until] of `selection`, whose states are of no use here.

    `matched` of `looked` it would want; `did_match`: so many of `looked` it got then. `bodies_gone`: those
    that an expression could not be tried on are in none of them. `failed`: on so many an expression failed;
    `errors` are the first of these, `examples` the first that match."""

    job_id: str
    selection: Selection
    rule: Rule
    cursor: Cursor | None = None
    looked: int = 0
    matched: int = 0
    did_match: int = 0
    bodies_gone: int = 0
    failed: int = 0
    examples: tuple[Example, ...] = ()
    errors: tuple[ExpressionFailed, ...] = ()
    finished_at: float | None = None

    def rebased(self, now: float) -> "PreviewJob":
        """It has no slots."""
        return self

    def with_event(self, event: StoredEvent, found: Match, untransformed: str | None) -> "PreviewJob":
        """`untransformed`: why the transform of one that matches failed."""
        job = replace(
            self,
            looked=self.looked + 1,
            did_match=self.did_match + (self.selection.subscription_id in event.routing.matched),
        )
        if found.reason is Reason.FILTER_ERROR:
            job = job._with_error(event, "filter", found.detail)
        if not found.matched:
            return job
        example = Example(event.event_id, event.created_at, event.incoming.event_type)
        job = replace(job, matched=job.matched + 1, examples=(*job.examples, example)[:EXAMPLES])
        return job if untransformed is None else job._with_error(event, "transform", untransformed)

    def _with_error(self, event: StoredEvent, expression: str, problem: str) -> "PreviewJob":
        error = ExpressionFailed(event.event_id, expression, problem[:MOST_OF_A_PROBLEM])
        return replace(self, failed=self.failed + 1, errors=(*self.errors, error)[:ERRORS])
