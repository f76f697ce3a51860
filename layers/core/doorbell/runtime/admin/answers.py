"""What the admin API answers: the models its OpenAPI document is made of. Times are RFC 3339 in UTC."""

from typing import Any

from pydantic import BaseModel


class Defect(BaseModel):
    field: str
    problem: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `field` is the dotted path of what is wrong, or a parameter's name, and
    `detail` is about it. `problems` are all that were found, that one first."""

    type: str = "about:blank"
    status: int
    code: str
    detail: str
    field: str | None = None
    problems: list[Defect] = []


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


class MatchAnswer(BaseModel):
    reason: str
    detail: str


class WhyAnswer(BaseModel):
    """`recorded`: what the routing record says of the subscription; None: it is not named there, so it was no
    match. `routed` false: fan-out has not come to it yet. `now`: what the subscription as it is says of the
    event; None where there is none, or it is broken (`problem`). `changed_since`: whether it was written
    after the event was recorded; None: it does not say when it was written."""

    event_id: str
    subscription_id: str
    routed: bool
    recorded: MatchAnswer | None
    now: MatchAnswer | None
    exists: bool
    problem: str | None
    changed_since: bool | None
    written_at: str | None


class NearMisses(BaseModel):
    """How many have the right source and type, and a filter that says no, or fails."""

    filter: int
    filter_error: int


class StoryAnswer(BaseModel):
    """An event with its routing record and a page of its deliveries. `routing` names who matched and some of
    the `near_misses`; ask why any other did not get it. `event_types`: all that are in its body,
    `*` for more than are on record. `element`: which event of the body that came it is, from 0; None: all of
    it. `fetched`: of one that never rang, from where and when. `next_cursor` None: the last page."""

    event_id: str
    tenant_id: str
    source_id: str
    provider: str
    event_type: str
    event_types: list[str]
    element: int | None
    fetched: str | None
    received_at: str
    expires_at: str
    body: BodyAnswer
    routing: list[RoutingAnswer]
    near_misses: NearMisses
    deliveries: list[DeliveryAnswer]
    next_cursor: str | None


class EventRow(BaseModel):
    event_id: str
    created_at: str
    event_type: str
    source_id: str


class EventsAnswer(BaseModel):
    """`looked_at`: how many events were read for this page; where it ends before `limit` there may be more
    (`next_cursor`). `unread`: how many bodies were not searched, being longer than 1 MiB, or gone."""

    events: list[EventRow]
    looked_at: int = 0
    unread: int = 0
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
