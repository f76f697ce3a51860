"""A subscription: who wants what, where to, how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorbell.domain.retry import RetryPolicy

MAX_TIMEOUT_SECONDS = 30.0


def scoped(tenant_id: str, subscription_id: str) -> str:
    """A subscription's name among all tenants'; neither part can hold a slash."""
    return f"{tenant_id}/{subscription_id}"


@dataclass(frozen=True, slots=True)
class OAuth:
    """OAuth 2.0 client credentials (RFC 6749, 4.4): the secret by reference."""

    token_url: str
    client_id: str
    client_secret_ref: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where events go and how.

    `event_types` are globs (`invoice.*`; empty = all); `sources` empty = all. `filter` and `transform`
    are JMESPath over `{event, body, headers}`. `secrets` are references; the first signs, all are sent
    while rotating (`signing` "github" sends the first only, the form has room for one).
    `rate_limit_per_second` and `max_in_flight` None = no limit.
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
    secrets: tuple[str, ...] = ()
    signing: str = "standard"
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 15.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    rate_limit_per_second: float | None = None
    max_in_flight: int | None = None
    ca_bundle_ref: str | None = None
    client_cert_ref: str | None = None
    oauth: OAuth | None = None
    disabled_reason: str | None = None

    @property
    def endpoint_id(self) -> str:
        return scoped(self.tenant_id, self.subscription_id)


@dataclass(frozen=True, slots=True)
class Interest:
    """What a subscription wants, and nothing else of it: small, because fan-out keeps thousands."""

    subscription_id: str
    enabled: bool
    sources: tuple[str, ...]
    event_types: tuple[str, ...]
    filter: str | None

    @classmethod
    def of(cls, whole: Subscription) -> Interest:
        return cls(whole.subscription_id, whole.enabled, whole.sources, whole.event_types, whole.filter)


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """Subscriptions in order of their id. `after` is the id to go on from, None at the end."""

    subscriptions: tuple[Subscription | Interest, ...]
    after: str | None
