"""A subscription as people write it."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from doorbell.domain.matching import type_glob
from doorbell.domain.retry import MAX_ATTEMPTS, MAX_DELAY_SECONDS, PRESETS, RetryPolicy
from doorbell.domain.subscriptions import MAX_TIMEOUT_SECONDS, OAuth, Subscription
from doorbell.store.items_base import Item, Part
from doorbell.store.items_fields import (
    Expression,
    Globs,
    Id,
    Ids,
    OrderedReferences,
    Reference,
    Url,
    as_tuple,
    bad,
)
from doorbell.store.items_headers import Headers

DEFAULT_RETRY = RetryPolicy()
Delay = Annotated[float, Field(ge=0, le=MAX_DELAY_SECONDS)]
Schedule = Annotated[
    tuple[Delay, ...], BeforeValidator(as_tuple), Field(min_length=1, max_length=MAX_ATTEMPTS)
]


class RetryPart(Part):
    """`schedule` in seconds, the first before the first attempt; or the name of one of `PRESETS`."""

    schedule: Schedule | None = None
    preset: str | None = None
    jitter: float = Field(default=DEFAULT_RETRY.jitter, ge=0, le=1)
    max_age_hours: float = Field(default=DEFAULT_RETRY.max_age_hours, gt=0, le=8760)

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if self.preset is not None and self.preset not in PRESETS:
            raise bad(f"must be one of {', '.join(PRESETS)}", "preset")
        if self.preset is not None and self.schedule is not None:
            raise bad("a schedule and a preset exclude each other", "preset")
        if self.schedule is not None and self.schedule[0] != 0:
            raise bad("the first attempt is made at once: the first entry must be 0", "schedule")
        return self

    def to_domain(self) -> RetryPolicy:
        preset = PRESETS[self.preset] if self.preset is not None else DEFAULT_RETRY.schedule
        return RetryPolicy(self.schedule or preset, self.jitter, self.max_age_hours)


class OAuthPart(Part):
    token_url: Url
    client_id: Annotated[str, Field(min_length=1, max_length=256)]
    client_secret_ref: Reference
    scope: Annotated[str, Field(max_length=1024)] = ""

    def to_domain(self) -> OAuth:
        return OAuth(self.token_url, self.client_id, self.client_secret_ref, self.scope)


class SubscriptionItem(Item):
    kind: ClassVar[str] = "subscription"

    tenant_id: Id
    subscription_id: Id
    url: Url
    enabled: bool = True
    sources: Ids = ()
    event_types: Globs = ()
    filter: Expression | None = None
    transform: Expression | None = None
    body: Literal["raw", "cloudevents"] = "raw"
    secrets: OrderedReferences = ()
    signing: Literal["standard", "standard-ed25519", "github", "none"] = "standard"
    headers: Headers = Field(default_factory=dict)
    timeout_seconds: float = Field(default=15.0, ge=1, le=MAX_TIMEOUT_SECONDS)
    retry: RetryPart = RetryPart()
    rate_limit_per_second: float | None = Field(default=None, ge=0.001, le=10_000)
    max_in_flight: int | None = Field(default=None, ge=1, le=1000)
    ca_bundle_ref: Reference | None = None
    client_cert_ref: Reference | None = None
    oauth: OAuthPart | None = None

    @model_validator(mode="after")
    def _something_to_sign_with(self) -> Self:
        if self.signing != "none" and not self.secrets:
            raise bad(f'signing "{self.signing}" needs a secret reference', "secrets")
        return self

    @property
    def name(self) -> str:
        return f"{self.tenant_id}/{self.subscription_id}"

    def to_domain(self) -> Subscription:
        return Subscription(
            tenant_id=self.tenant_id,
            subscription_id=self.subscription_id,
            url=self.url,
            enabled=self.enabled,
            description=self.description,
            sources=self.sources,
            event_types=tuple(map(type_glob, self.event_types)),
            filter=self.filter,
            transform=self.transform,
            body=self.body,
            secrets=self.secrets,
            signing=self.signing,
            headers=self.headers,
            timeout_seconds=self.timeout_seconds,
            retry=self.retry.to_domain(),
            rate_limit_per_second=self.rate_limit_per_second,
            max_in_flight=self.max_in_flight,
            ca_bundle_ref=self.ca_bundle_ref,
            client_cert_ref=self.client_cert_ref,
            oauth=self.oauth.to_domain() if self.oauth else None,
            disabled_reason=self.disabled_reason,
        )
