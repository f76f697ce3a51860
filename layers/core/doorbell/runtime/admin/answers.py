"""What the admin API answers: the models its OpenAPI document is made of. Times are RFC 3339 in UTC."""

from typing import Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `field` is the dotted path of what is wrong."""

    type: str = "about:blank"
    status: int
    code: str
    detail: str
    field: str | None = None


class Defect(BaseModel):
    field: str
    problem: str


class ConfiguredItem(BaseModel):
    """`item` is the item as it was written; None when `problems` says why it cannot be used: what is broken
    may hold anything, a secret in the wrong place included."""

    key: dict[str, str]
    enabled: bool
    item: dict[str, Any] | None
    problems: list[Defect]


class ConfiguredItems(BaseModel):
    """`next_cursor` None: that was the last page. A page may be empty and not the last."""

    items: list[ConfiguredItem]
    next_cursor: str | None


class Health(BaseModel):
    """An endpoint's health. `circuit`: closed, open, half_open. `failures` are consecutive."""

    circuit: str
    failures: int
    failing_since: str | None
    parked_until: str | None
    parks: int


class PublicKeysAnswer(BaseModel):
    """`whpk_…`, the first belongs to the secret that signs first."""

    public_keys: list[str]


class AttemptAnswer(BaseModel):
    """`status` None: no answer, see `error`. `response`: the beginning of the subscriber's answer."""

    number: int
    at: str
    duration_ms: int
    status: int | None
    error: str | None
    detail: str
    response: str


class DeliveryAnswer(BaseModel):
    """`state` is pending, delivered, exhausted or cancelled.
    `generation` 0 is the first, each replay adds one."""

    subscription_id: str
    generation: int
    state: str
    reason: str | None
    created_at: str
    next_attempt_at: str | None
    ended_at: str | None
    attempts: list[AttemptAnswer]


class DeliveriesAnswer(BaseModel):
    deliveries: list[DeliveryAnswer]


class BodyAnswer(BaseModel):
    """The body itself is not shown."""

    size: int
    content_type: str


class RoutingAnswer(BaseModel):
    subscription_id: str
    reason: str
    detail: str


class StoryAnswer(BaseModel):
    """An event with its routing record and a page of its deliveries. `next_cursor` None: the last page."""

    event_id: str
    tenant_id: str
    source_id: str
    provider: str
    event_type: str
    received_at: str
    expires_at: str
    body: BodyAnswer
    routing: list[RoutingAnswer]
    deliveries: list[DeliveryAnswer]
    next_cursor: str | None


class EventRow(BaseModel):
    event_id: str
    created_at: str
    event_type: str
    source_id: str


class EventsAnswer(BaseModel):
    events: list[EventRow]
    next_cursor: str | None


class MissedRow(BaseModel):
    event_id: str
    generation: int
    state: str
    reason: str
    ended_at: str


class MissedAnswer(BaseModel):
    missed: list[MissedRow]
    next_cursor: str | None


class Reason(BaseModel):
    """Why, for whoever reads the item later."""

    reason: str = Field(default="", max_length=1024)
