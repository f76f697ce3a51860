"""An event as it is kept, and why it went where it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason


@dataclass(frozen=True, slots=True)
class Incoming:
    """A verified event as the events queue carries it."""

    ingest_id: str
    event_id: str
    tenant_id: str
    source_id: str
    provider: str
    event_type: str
    dedupe_window_seconds: int
    received_at: float
    content_type: str
    headers: Mapping[str, str]
    body: BodyAt


@dataclass(frozen=True, slots=True)
class RoutingPage:
    """What fan-out decided for one page of a tenant's subscriptions.

    `after` is the id to go on from, None on the last page.
    """

    matches: tuple[Match, ...] = ()
    after: str | None = None

    @property
    def matched(self) -> tuple[str, ...]:
        return tuple(match.subscription_id for match in self.matches if match.matched)

    def to_json(self) -> dict[str, Any]:
        return {
            "after": self.after,
            "matches": [[match.subscription_id, match.reason.value, match.detail] for match in self.matches],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RoutingPage":
        rows: Sequence[Sequence[str]] = value["matches"]
        return cls(tuple(Match(row[0], Reason(row[1]), row[2]) for row in rows), value["after"])


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """`generation` counts re-uses of a dedupe key after its window; `dedupe_until` ends the window.
    `routing` is the first page; further pages are items of their own."""

    event_id: str
    incoming: Incoming
    generation: int
    created_at: float
    dedupe_until: float
    expires_at: int
    routing: RoutingPage = field(default_factory=RoutingPage)
