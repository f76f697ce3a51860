"""A source as people write it. What a provider needs of its source is the gate's to say."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from doorbell.domain.sources import MAX_BODY_BYTES, Source
from doorbell.store.items.as_source import source_of
from doorbell.store.items.base import Item, Part
from doorbell.store.items.checks import key_where_needed
from doorbell.store.items.fields import (
    Cidrs,
    ContentType,
    ContentTypes,
    Id,
    Moment,
    Reference,
    References,
)
from doorbell.store.items.urls import Target, Url

Locator = Annotated[str, Field(max_length=256)]
ProviderName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
OptionName = Annotated[str, Field(max_length=64)]
OptionValue = Annotated[str, Field(max_length=1024)]


class DedupePart(Part):
    origin: Literal["form", "header", "body", "hash"] = Field(alias="from")
    key: Locator = ""
    window_hours: int | None = Field(default=None, ge=1, le=8760)

    _key_where_needed = model_validator(mode="after")(key_where_needed)


class EventTypePart(Part):
    origin: Literal["form", "header", "body", "fixed"] = Field(alias="from")
    key: Annotated[str, Field(min_length=1, max_length=256)]


class AckPart(Part):
    status: int = Field(default=202, ge=200, le=299)
    body: Annotated[str, Field(max_length=4096)] | None = None
    content_type: ContentType | None = None


class BackfillPart(Part):
    """`every_minutes`: a day at most, as GitHub forgets after three."""

    credentials_ref: Reference
    hook: Annotated[str, Field(min_length=1, max_length=256)]
    api: Target | None = None
    every_minutes: int | None = Field(default=None, ge=5, le=1440)


class SourceItem(Item):
    kind: ClassVar[str] = "source"

    source_id: Id
    provider: ProviderName
    secrets: References = ()
    tenant_id: Id = "default"
    enabled: bool = True
    paused: bool = False
    paused_at: Moment = None
    scheme: dict[str, Any] | None = None
    options: dict[OptionName, OptionValue] = Field(default_factory=dict, max_length=20)
    public_url: Url | None = None
    allowed_cidrs: Cidrs = ()
    max_body_bytes: int | None = Field(default=None, ge=1, le=MAX_BODY_BYTES)
    content_types: ContentTypes = ()
    json_schema: dict[str, Any] | None = None
    dedupe: DedupePart | None = None
    event_type: EventTypePart | None = None
    verify_token_ref: Reference | None = None
    tolerance_seconds: int | None = Field(default=None, ge=1, le=86_400)
    ack: AckPart | None = None
    split: bool = False
    challenge: dict[str, Any] | None = None
    backfill: BackfillPart | None = None

    @property
    def name(self) -> str:
        return self.source_id

    def to_domain(self) -> Source:
        return source_of(self)
