"""What is asked of jobs, and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from doorbell.domain.sources import ID
from doorbell.runtime.admin.examples_of_jobs import ASKED, TRIED

MOST_PER_SECOND = 1000.0
Ended = Literal["exhausted", "cancelled"]


class JobWanted(BaseModel):
    """`replay`: what `subscription_id` missed. Deliveries that ended in one of `states` in the time from
    `since` to `until` (now); or, with `would_match`, events recorded then that it did not get and would want
    as it is now. `per_second`: how many deliveries go out in a second; without it 10, or what the
    subscription takes, where that is less.

    `preview`: events recorded from `since` to `until`, tried on the subscription with `sources`,
    `event_types`, `filter` and `transform` as they are given here. What is left out is as the subscription
    has it; null is none. One that is not there is tried as a new one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(ASKED), dict(TRIED)]})

    kind: Literal["replay", "preview"]
    subscription_id: Annotated[str, Field(pattern=f"^{ID.pattern}$")]
    since: datetime
    until: datetime | None = None
    states: Annotated[list[Ended] | None, Field(min_length=1, max_length=2)] = None
    would_match: bool = False
    per_second: Annotated[float | None, Field(ge=0.01, le=MOST_PER_SECOND, allow_inf_nan=False)] = None
    sources: list[str] | None = None
    event_types: list[str] | None = None
    filter: str | None = None
    transform: str | None = None


class ExampleAnswer(BaseModel):
    event_id: str
    recorded_at: str
    event_type: str


class ErrorAnswer(BaseModel):
    event_id: str
    expression: Literal["filter", "transform"]
    problem: str


class PreviewAnswer(BaseModel):
    """What is tried, and what of it: `would_match` of `looked_at`; `did_match` then. On `failed` events the
    filter, or the transform of one that matches, had no result. `examples` of those that match and `errors`
    are the first three each."""

    sources: list[str]
    event_types: list[str]
    filter: str | None
    transform: str | None
    looked_at: int
    would_match: int
    did_match: int
    failed: int
    examples: list[ExampleAnswer]
    errors: list[ErrorAnswer]


class JobAnswer(BaseModel):
    """`state`: queued, running, done, failed (`problem` says why) or cancelled. `written`: so many deliveries
    it has made; `left_out`: what needed none, by why. It looks at the earliest first, and has `reached` what
    ended, or was recorded, then. `last_slot`: when the last of those written goes out. `tries`: how often it
    was taken up since it got on last. A preview writes nothing, and has no `per_second`; its `left_out` are
    events whose body is no longer kept (`body_gone`)."""

    job_id: str
    tenant_id: str
    kind: str
    state: str
    by: str
    asked_at: str
    subscription_id: str
    since: str
    until: str
    states: list[str]
    would_match: bool
    per_second: float | None
    written: int
    left_out: dict[str, int]
    reached: str | None
    last_slot: str | None
    preview: PreviewAnswer | None
    tries: int
    problem: str
    ended_at: str | None
    ended_by: str


class JobsAnswer(BaseModel):
    jobs: list[JobAnswer]
    next_cursor: str | None
