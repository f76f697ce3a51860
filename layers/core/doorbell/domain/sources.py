"""A source: who may ring."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.paths import ALL

ID = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
"""What the id of a source, a subscription or a tenant is, whole."""
MAX_BODY_BYTES = 4_500_000
"""The most a binary body may have: Lambda takes 6 MB of JSON in one call, and base64 adds a third.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

DEFAULT_MAX_BODY_BYTES = 1_048_576
"""Where the provider sends again what was refused: whoever sees it in time can raise the source's own."""


@dataclass(frozen=True, slots=True)
class Dedupe:
    """Where a provider's delivery key is. `origin`: header, body (dotted path), form, hash (of the body)."""

    origin: str
    key: str = ""
    window_hours: int | None = None


@dataclass(frozen=True, slots=True)
class EventTypeAt:
    """Where the event type is. `origin`: header, body (dotted path), form or fixed (`key` is the type)."""

    origin: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Ack:
    """What the provider gets for an accepted event. None: as the catalogue has it for the provider."""

    status: int = 202
    body: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Backfill:
    """How the provider's own list is asked for what never came. `hook`: whose list it is, as the provider
    names it. `api`: where the provider's API is, None for its own host. `every_minutes` None: only when
    somebody asks."""

    credentials_ref: str
    hook: str
    api: str | None = None
    every_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Who may ring at `/in/{source_id}` and how they prove it.

    `secrets` are references (`ssm:…`), never secrets. `scheme` is the declaration of a signature for
    provider "hmac"; `options` are the parameters other providers name in the catalogue. `dedupe` and
    `event_type` override the catalogue's; so do `tolerance_seconds` and `max_body_bytes`. `split`: each
    event in a body becomes one of its own. `challenge` is the declaration of a handshake;
    where it is answered with a digest, nothing but JSON is an event (`handshakes.challenges.PLAIN`).
    `backfill`: how the provider's own list is asked for what never came. One that is `paused` takes events in
    as ever; their deliveries wait.
    """

    source_id: str
    provider: str
    secrets: tuple[str, ...] = ()
    tenant_id: str = "default"
    enabled: bool = True
    paused: bool = False
    scheme: Mapping[str, Any] | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    public_url: str | None = None
    allowed_cidrs: tuple[str, ...] = ()
    max_body_bytes: int | None = None
    content_types: tuple[str, ...] = ()
    json_schema: Mapping[str, Any] | None = None
    dedupe: Dedupe | None = None
    event_type: EventTypeAt | None = None
    verify_token_ref: str | None = None
    tolerance_seconds: int | None = None
    ack: Ack | None = None
    split: bool = False
    challenge: Mapping[str, Any] | None = None
    backfill: Backfill | None = None
    has_more: bool = field(init=False, repr=False, compare=False)
    only_json: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Once, not per request: its bodies may have several events, by its own declaration."""
        several_types = self.event_type is not None and ALL in self.event_type.key
        object.__setattr__(self, "has_more", self.split or several_types)
        answers_digests = isinstance(self.challenge, Mapping) and self.challenge.get("answer") == "hmac"
        object.__setattr__(self, "only_json", answers_digests)
