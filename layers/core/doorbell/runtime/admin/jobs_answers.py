"""What is asked of jobs, and answered."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from doorbell.domain.replays import MOST_PER_SECOND
from doorbell.domain.sources import ID
from doorbell.domain.trial_jobs import MOST_WAIT_SECONDS, WAIT_SECONDS
from doorbell.domain.trials import EVENT_TYPE
from doorbell.runtime.admin.examples_of_jobs import ASKED, PURGED, RUNG, TRIED
from doorbell.runtime.admin.fields import Instant
from doorbell.runtime.published import EventType

Ended = Literal["exhausted", "cancelled"]


class JobWanted(BaseModel):
    """`replay`: what `subscription_id` missed. Deliveries that ended in one of `states` in the time from
    `since` to `until` (now); or, with `would_match`, events recorded then that it did not get and would want
    as it is now. `per_second`: how many deliveries go out in a second; without it 10, or what the
    subscription takes, where that is less.

    `preview`: events recorded from `since` to `until`, tried on the subscription with `sources`,
    `event_types`, `filter` and `transform` as they are given here. What is left out is as the subscription
    has it; null is none. One that is not there is tried as a new one.

    `test`: an event of `event_type` with `data` as its body, made now and sent to `subscription_id` alone,
    whose filter is not asked. It is tried once; its outcome is waited for `wait_seconds`.

    `purge`: everything of the tenant, which `confirm` repeats, is counted; with `run` it is removed, for
    good, and counted again. Only where the parameter `PurgeJobs` is on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [dict(ASKED), dict(TRIED), dict(RUNG), dict(PURGED)]}
    )

    kind: Literal["replay", "preview", "test", "purge"]
    subscription_id: Annotated[str | None, Field(pattern=f"^{ID.pattern}$")] = None
    since: Instant | None = None
    until: Instant | None = None
    states: Annotated[list[Ended] | None, Field(min_length=1, max_length=2)] = None
    would_match: Annotated[bool, Field(strict=True)] = False
    per_second: Annotated[
        float | None, Field(strict=True, ge=0.01, le=MOST_PER_SECOND, allow_inf_nan=False)
    ] = None
    sources: list[str] | None = None
    event_types: list[str] | None = None
    filter: str | None = None
    transform: str | None = None
    event_type: EventType = EVENT_TYPE
    data: Any = None
    wait_seconds: Annotated[float, Field(strict=True, ge=1, le=MOST_WAIT_SECONDS, allow_inf_nan=False)] = (
        WAIT_SECONDS
    )
    confirm: str | None = None
    run: Annotated[bool, Field(strict=True)] = False


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


class TestAnswer(BaseModel):
    """`made_at`: since when its event is on record. `outcome`: null while it is waited for; `delivered`;
    `failed`: the answer, of `status`, was no success, or none came (`error`); `not_sent`: the guard said no
    or something is missing (`error`, `detail`), or the delivery ended before it was sent (`reason`);
    `not_yet`: nothing was tried in its time. While `parked` or `paused` is the `reason` it waits for that.
    `response`: the beginning of the answer's text. `advice`: what to do, where there is some. `verified`:
    whether the receiver says that it verified the signature of this event; null: it says nothing of it."""

    event_id: str
    event_type: str
    made_at: str | None
    outcome: Literal["delivered", "failed", "not_sent", "not_yet"] | None
    status: int | None
    error: str | None
    detail: str
    response: str
    duration_ms: int | None
    reason: str
    advice: str
    verified: bool | None


class Counts(BaseModel):
    sources: int
    subscriptions: int
    event_types: int
    events: int
    jobs: int
    operations: int
    refused: int
    rollups: int
    bodies: int


class PurgeAnswer(BaseModel):
    """`found`: what there is of the tenant; with `run`, what has been removed so far. `left`: what a count
    found when all was removed; null before. `write_units`: what the removal costs at least, in write units of
    DynamoDB. `waiting`: messages of all tenants on the events queue and its dead-letter queue at the end: if
    some are the tenant's, what they bring comes after the purge."""

    run: bool
    found: Counts
    left: Counts | None
    write_units: int
    waiting: int | None


class JobAnswer(BaseModel):
    """`state`: queued, running, done, failed (`problem` says why) or cancelled. `written`: so many deliveries
    it has made; `left_out`: what needed none, by why. It looks at the earliest first, and has `reached` what
    ended, or was recorded, then. `last_slot`: when the last of those written goes out. `tries`: how often it
    was taken up since it got on last. A preview writes nothing, and has no `per_second`; its `left_out` are
    events whose body is no longer kept (`body_gone`). A test's `since` and `until` are when it was asked for
    and how long its outcome is waited for. A purge has no subscription."""

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
    test: TestAnswer | None
    purge: PurgeAnswer | None
    tries: int
    problem: str
    ended_at: str | None
    ended_by: str


class JobsAnswer(BaseModel):
    jobs: list[JobAnswer]
    next_cursor: str | None
