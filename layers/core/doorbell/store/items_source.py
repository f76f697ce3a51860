"""A source as people write it. What a provider needs of its source is the gate's to say."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from doorbell.domain.sources import DEFAULT_MAX_BODY_BYTES, MAX_BODY_BYTES, Ack, Dedupe, EventTypeAt, Source
from doorbell.store.items_base import Item, Part
from doorbell.store.items_fields import Cidrs, ContentType, ContentTypes, Id, Reference, References, Url, bad

Locator = Annotated[str, Field(max_length=256)]
ProviderName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
OptionName = Annotated[str, Field(max_length=64)]
OptionValue = Annotated[str, Field(max_length=1024)]


class DedupePart(Part):
    origin: Literal["header", "body", "hash"] = Field(alias="from")
    key: Locator = ""
    window_hours: int | None = Field(default=None, ge=1, le=8760)

    @model_validator(mode="after")
    def _key_where_needed(self) -> Self:
        if (self.origin == "hash") == bool(self.key):
            raise bad("needed for header and body, and not for hash", "key")
        return self


class EventTypePart(Part):
    origin: Literal["header", "body", "fixed"] = Field(alias="from")
    key: Annotated[str, Field(min_length=1, max_length=256)]


class AckPart(Part):
    status: int = Field(default=202, ge=200, le=299)
    body: Annotated[str, Field(max_length=4096)] | None = None
    content_type: ContentType | None = None


class SourceItem(Item):
    kind: ClassVar[str] = "source"

    source_id: Id
    provider: ProviderName
    secrets: References = ()
    tenant_id: Id = "default"
    enabled: bool = True
    scheme: dict[str, Any] | None = None
    options: dict[OptionName, OptionValue] = Field(default_factory=dict, max_length=20)
    public_url: Url | None = None
    allowed_cidrs: Cidrs = ()
    max_body_bytes: int = Field(default=DEFAULT_MAX_BODY_BYTES, ge=1, le=MAX_BODY_BYTES)
    content_types: ContentTypes = ()
    json_schema: dict[str, Any] | None = None
    dedupe: DedupePart | None = None
    event_type: EventTypePart | None = None
    verify_token_ref: Reference | None = None
    tolerance_seconds: int | None = Field(default=None, ge=1, le=86_400)
    ack: AckPart | None = None

    @property
    def name(self) -> str:
        return self.source_id

    def to_domain(self) -> Source:
        dedupe, at, ack = self.dedupe, self.event_type, self.ack
        return Source(
            source_id=self.source_id,
            provider=self.provider,
            secrets=self.secrets,
            tenant_id=self.tenant_id,
            enabled=self.enabled,
            scheme=self.scheme,
            options=self.options,
            public_url=self.public_url,
            allowed_cidrs=self.allowed_cidrs,
            max_body_bytes=self.max_body_bytes,
            content_types=self.content_types,
            json_schema=self.json_schema,
            dedupe=Dedupe(dedupe.origin, dedupe.key, dedupe.window_hours) if dedupe else None,
            event_type=EventTypeAt(at.origin, at.key) if at else None,
            verify_token_ref=self.verify_token_ref,
            tolerance_seconds=self.tolerance_seconds,
            ack=Ack(ack.status, ack.body, ack.content_type) if ack else None,
        )
