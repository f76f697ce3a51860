"""What is asked of jobs, and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from doorbell.domain.sources import ID

MOST_PER_SECOND = 1000.0
Ended = Literal["exhausted", "cancelled"]


class JobWanted(BaseModel):
    """A bulk replay: what `subscription_id` missed. Deliveries that ended in one of `states` in the time from
    `since` to `until` (now); or, with `would_match`, events recorded then that it did not get and would want
    as it is now. `per_second`: how many deliveries go out in a second; without it 10, or what the
    subscription takes, where that is less."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["replay"]
    subscription_id: Annotated[str, Field(pattern=f"^{ID.pattern}$")]
    since: datetime
    until: datetime | None = None
    states: Annotated[list[Ended] | None, Field(min_length=1, max_length=2)] = None
    would_match: bool = False
    per_second: Annotated[float | None, Field(ge=0.01, le=MOST_PER_SECOND, allow_inf_nan=False)] = None


class JobAnswer(BaseModel):
    """`state`: queued, running, done, failed (`problem` says why) or cancelled. `written`: so many deliveries
    it has made; `left_out`: what needed none, by why. It looks at the earliest first, and has `reached` what
    ended, or was recorded, then. `last_slot`: when the last of those written goes out. `tries`: how often it
    was taken up since it got on last."""

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
    per_second: float
    written: int
    left_out: dict[str, int]
    reached: str | None
    last_slot: str | None
    tries: int
    problem: str
    ended_at: str | None
    ended_by: str


class JobsAnswer(BaseModel):
    jobs: list[JobAnswer]
    next_cursor: str | None
