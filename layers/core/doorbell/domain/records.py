"""An event as it is kept, and why it went where it went."""

from collections.abc import Mapping
from dataclasses import field

from doorbell.domain.events import BodyAt
from doorbell.domain.quick import quick
from doorbell.domain.routing import RoutingPage

__all__ = ["Incoming", "RoutingPage", "StoredEvent"]


@quick
class Incoming:
    """A verified event as the events queue carries it; its fields are those of `VerifiedEvent`."""

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
    event_types: tuple[str, ...] = ()
    element: int | None = None
    former_id: str | None = None
    fetched: str = ""
    hops: int = 0

    @property
    def types(self) -> tuple[str, ...]:
        """All there are in the body; one that is `matching.OTHERS` stands for more."""
        return self.event_types or (self.event_type,)


@quick
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
