"""A subscription: who wants what, where to, how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from doorbell.domain.retry import RetryPolicy

MAX_TIMEOUT_SECONDS = 30.0


def scoped(tenant_id: str, subscription_id: str) -> str:
    """A subscription's name among all tenants'; neither part can hold a slash."""
    return f"{tenant_id}/{subscription_id}"


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a subscription points, and whether it is on: what is asked of one that nothing is sent to."""

    url: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class OAuth:
    """OAuth 2.0 client credentials (RFC 6749, 4.4): the secret by reference.

    `client_authentication`: in the Authorization header ("basic") or in the form ("post"; RFC 6749, 2.3.1).
    `parameters` are sent beside those of the standard: `audience`, `resource`.
    """

    token_url: str
    client_id: str
    client_secret_ref: str
    scope: str = ""
    client_authentication: Literal["basic", "post"] = "basic"
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where events go and how.

    `url` is an https URL, or a target's ARN (`domain.targets`): all that is known of an endpoint hangs on it.
    `event_types` are globs (`invoice.*`; empty = all); `sources` empty = all. `filter` and `transform`
    are JMESPath over `{event, body, headers}`. `secrets` are references; the first signs, all are sent
    while rotating (`signing` "github" sends the first only, the form has room for one). `preset`: the tool of
    `domain.presets` that gets a message for people.
    `provider_signature` "strip": what proves the provider's request stays here.
    `rate_limit_per_second` and `max_in_flight` None = no limit. `paused`: what it would get waits.
    Of targets: `invoke` "sync" = a function's answer is the outcome; `target_key` is a template of
    `domain.target_keys`; `role_arn` is assumed, None = the dispatcher sends as itself;
    `large` "s3-link" = what the service finds too large goes as a pointer.
    """

    tenant_id: str
    subscription_id: str
    url: str
    enabled: bool = True
    description: str = ""
    sources: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    filter: str | None = None
    transform: str | None = None
    body: str = "raw"
    preset: str | None = None
    secrets: tuple[str, ...] = ()
    signing: str = "standard"
    provider_signature: str = "keep"
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 15.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    rate_limit_per_second: float | None = None
    max_in_flight: int | None = None
    ca_bundle_ref: str | None = None
    client_cert_ref: str | None = None
    oauth: OAuth | None = None
    disabled_reason: str | None = None
    paused: bool = False
    invoke: str = "async"
    target_key: str | None = None
    role_arn: str | None = None
    large: str | None = None

    @property
    def endpoint_id(self) -> str:
        return scoped(self.tenant_id, self.subscription_id)

    @property
    def has_target(self) -> bool:
        return self.url.startswith("arn:")


@dataclass(frozen=True, slots=True)
class Interest:
    """What a subscription wants, and nothing else of it: small, because fan-out keeps thousands. `is_sound`:
    whether all else of it can be used too, which is looked at for those that an event would go to."""

    subscription_id: str
    enabled: bool
    sources: tuple[str, ...]
    event_types: tuple[str, ...]
    filter: str | None
    is_sound: Callable[[], bool] = field(default=lambda: True, compare=False, repr=False)

    @classmethod
    def of(cls, whole: Subscription) -> Interest:
        return cls(whole.subscription_id, whole.enabled, whole.sources, whole.event_types, whole.filter)
