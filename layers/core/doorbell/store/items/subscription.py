"""A subscription as people write it."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from doorbell.domain.matching import type_glob
from doorbell.domain.presets import PAGERDUTY, PRESET_RATES, signing_of
from doorbell.domain.retry import MAX_ATTEMPTS, MAX_DELAY_SECONDS, PRESETS, RetryPolicy
from doorbell.domain.subscriptions import MAX_TIMEOUT_SECONDS, Subscription
from doorbell.store.items.base import Part
from doorbell.store.items.checks import as_tuple, bad
from doorbell.store.items.fields import (
    Expression,
    Failures,
    Globs,
    Id,
    Ids,
    Moment,
    OrderedReferences,
    Reference,
)
from doorbell.store.items.headers import Headers
from doorbell.store.items.oauth import OAuthPart
from doorbell.store.items.to_target import ToTarget
from doorbell.store.items.urls import Target

DEFAULT_RETRY = RetryPolicy()
UNREADABLE = ""
"""In place of a target that is wrong itself."""
Delay = Annotated[float, Field(ge=0, le=MAX_DELAY_SECONDS)]
Schedule = Annotated[
    tuple[Delay, ...], BeforeValidator(as_tuple), Field(min_length=1, max_length=MAX_ATTEMPTS)
]


class RetryPart(Part):
    """`schedule` in seconds, the first before the first attempt; or the name of one of `PRESETS`. Kinds of
    failure are as `domain.failures` has them."""

    schedule: Schedule | None = None
    preset: str | None = None
    jitter: float = Field(default=DEFAULT_RETRY.jitter, ge=0, le=1)
    max_age_hours: float = Field(default=DEFAULT_RETRY.max_age_hours, gt=0, le=8760)
    give_up_on: Failures = ()
    only_on: Failures = ()
    breaker_ignores: Failures = DEFAULT_RETRY.breaker_ignores

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if self.preset is not None and self.preset not in PRESETS:
            raise bad(f"must be one of {', '.join(PRESETS)}", "preset")
        if self.preset is not None and self.schedule is not None:
            raise bad("a schedule and a preset exclude each other", "preset")
        if self.schedule is not None and self.schedule[0] != 0:
            raise bad("the first attempt is made at once: the first entry must be 0", "schedule")
        if self.give_up_on and self.only_on:
            raise bad("give_up_on and only_on exclude each other: only_on gives up on all others", "only_on")
        return self

    def to_domain(self) -> RetryPolicy:
        preset = PRESETS[self.preset] if self.preset is not None else DEFAULT_RETRY.schedule
        return RetryPolicy(
            self.schedule or preset,
            self.jitter,
            self.max_age_hours,
            self.give_up_on,
            self.only_on,
            self.breaker_ignores,
        )


class SubscriptionItem(ToTarget):
    kind: ClassVar[str] = "subscription"

    tenant_id: Id
    subscription_id: Id
    url: Target | None = Field(default=None, validate_default=True)
    enabled: bool = True
    paused: bool = False
    paused_at: Moment = None
    sources: Ids = ()
    event_types: Globs = ()
    filter: Expression | None = None
    transform: Expression | None = None
    body: Literal["raw", "cloudevents"] = "raw"
    preset: Literal["slack", "teams", "discord", "pagerduty", "email-text"] | None = None
    secrets: OrderedReferences = ()
    signing: Literal["standard", "standard-ed25519", "github", "none"] = "standard"
    provider_signature: Literal["keep", "strip"] = "keep"
    headers: Headers = Field(default_factory=dict)
    timeout_seconds: float = Field(default=15.0, ge=1, le=MAX_TIMEOUT_SECONDS)
    retry: RetryPart = RetryPart()
    rate_limit_per_second: float | None = Field(default=None, ge=0.001, le=10_000)
    max_in_flight: int | None = Field(default=None, ge=1, le=1000)
    ca_bundle_ref: Reference | None = None
    client_cert_ref: Reference | None = None
    oauth: OAuthPart | None = None

    @field_validator("url")
    @classmethod
    def _a_place_to_go(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Here and not below, so that it is told beside what else is wrong."""
        if value is None and info.data.get("target", UNREADABLE) is None:
            raise bad("is missing: write a url, or a target")
        return value

    @model_validator(mode="after")
    def _one_place_to_go(self) -> Self:
        if self.url is not None and self.target is not None:
            raise bad("a url and a target exclude each other", "target")
        return self

    @model_validator(mode="after")
    def _something_to_sign_with(self) -> Self:
        signing = self._signing()
        if signing != "none" and not self.secrets:
            raise bad(f'signing "{signing}" needs a secret reference', "secrets")
        return self

    @model_validator(mode="after")
    def _a_preset_makes_the_body(self) -> Self:
        if self.preset is not None and self.body != "raw":
            raise bad("a preset makes the body: leave it out", "body")
        if self.preset == PAGERDUTY and self._signing() != "none":
            raise bad("the secret of preset pagerduty is its routing key, which signs nothing", "signing")
        if self.preset == PAGERDUTY and not self.secrets:
            raise bad("preset pagerduty needs a reference to its routing key", "secrets")
        return self

    def _signing(self) -> str:
        return signing_of(self.model_dump(include={"signing", "preset", "target"}, exclude_unset=True))

    def _rate(self) -> float | None:
        given, preset = self.rate_limit_per_second, self.preset
        return PRESET_RATES[preset] if given is None and preset is not None else given

    @property
    def name(self) -> str:
        return f"{self.tenant_id}/{self.subscription_id}"

    def to_domain(self) -> Subscription:
        return Subscription(
            tenant_id=self.tenant_id,
            subscription_id=self.subscription_id,
            url=self.url or self.target or "",
            enabled=self.enabled,
            description=self.description,
            sources=self.sources,
            event_types=tuple(map(type_glob, self.event_types)),
            filter=self.filter,
            transform=self.transform,
            body=self.body,
            preset=self.preset,
            secrets=self.secrets,
            signing=self._signing(),
            provider_signature=self.provider_signature,
            headers=self.headers,
            timeout_seconds=self.timeout_seconds,
            retry=self.retry.to_domain(),
            rate_limit_per_second=self._rate(),
            max_in_flight=self.max_in_flight,
            ca_bundle_ref=self.ca_bundle_ref,
            client_cert_ref=self.client_cert_ref,
            oauth=self.oauth.to_domain() if self.oauth else None,
            disabled_reason=self.disabled_reason,
            paused=self.paused,
            **self.of_the_target(),
        )
