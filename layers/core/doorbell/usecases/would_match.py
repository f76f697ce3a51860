"""Would match: events that a subscription did not get, and would want as it is now: those that came while it
was off, before its filter was mended, before it was made. A log of what it missed, for `replay_many`.

The tenant's event log says which events there are, and their sources. Every other thing is asked of the event
itself: half a read unit for each 4 KiB of it, or an S3 GET where a filter needs a body that is there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.ledger import SETTLE_SECONDS
from doorbell.domain.log import LogRow, Missed
from doorbell.domain.matching import FilterError, Reason, match
from doorbell.domain.records import StoredEvent
from doorbell.domain.replays import UNMATCHED, Cursor, Kept, MissedPage, Selection
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.left_out import EventLogs
from doorbell.usecases.log_pages import place_behind, rows_behind
from doorbell.usecases.ports import Bodies, Clock, Filters

UNDER_WAY = "under_way"
"""Fan-out has not come to this subscription yet, and may."""


class EventReads(Protocol):
    def __call__(self, event_ids: Sequence[str]) -> Iterator[StoredEvent]:
        """Those that are kept."""


@dataclass(frozen=True, slots=True)
class WouldMatch:
    """`subscription` is asked as if it were on. `ignores`: a source whose events are nobody's."""

    subscription: Subscription
    log: EventLogs
    events: EventReads
    bodies: Bodies
    filters: Filters
    clock: Clock
    ignores: str = ""

    def page(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage:
        """Of about `limit` events of the log, earliest first: those it would want."""
        rows = rows_behind(self.log, selection, after, limit)
        skipped = Counter[str]()
        found: dict[DeliveryKey, tuple[Missed, Kept]] = {}
        ids = [row.event_id for row in rows if self._may_be_wanted(row)]
        for event in self.events(ids):
            why = self._why_not(event)
            if why is None:
                row, kept = self._row(event)
                found[row.key] = row, kept
            elif why:
                skipped[why] += 1
        return MissedPage(
            rows=tuple(row for row, _ in found.values()),
            after=place_behind(rows, after) if len(rows) == limit else None,
            events={key: kept for key, (_, kept) in found.items()},
            looked=len(ids),
            skipped=dict(skipped),
        )

    def _may_be_wanted(self, row: LogRow) -> bool:
        """The log has one type of an event, which may have several."""
        sources = self.subscription.sources
        return row.source_id != self.ignores and (not sources or row.source_id in sources)

    def _why_not(self, event: StoredEvent) -> str | None:
        """None: it is wanted. "": it is not, or was promised then."""
        name, routing, incoming = self.subscription.subscription_id, event.routing, event.incoming
        if name in routing.matched:
            return ""
        young = event.created_at > self.clock() - SETTLE_SECONDS
        if routing.after is not None and routing.after < name and young:
            return UNDER_WAY
        found = match(
            replace(self.subscription, enabled=True),
            source_id=incoming.source_id,
            event_type=incoming.event_type,
            event_types=incoming.event_types,
            passes=lambda expression: self._passes(expression, event),
        )
        if found.reason is Reason.FILTER_ERROR:
            return found.reason.value
        return None if found.matched else ""

    def _passes(self, expression: str, event: StoredEvent) -> bool:
        try:
            body = event.incoming.body.read(self.bodies.get)
        except KeyError:
            raise FilterError("the body is no longer kept") from None
        with self.filters.turn():
            return self.filters.passes(expression, event.incoming, body)

    def _row(self, event: StoredEvent) -> tuple[Missed, Kept]:
        """`ended_at` is when it was recorded, `reason` its type."""
        key = DeliveryKey(event.event_id, self.subscription.subscription_id)
        tenant_id, event_type = event.incoming.tenant_id, event.incoming.event_type
        row = Missed(key, tenant_id, event.created_at, UNMATCHED, event_type)
        return row, Kept(UNMATCHED, event.expires_at, None, event_type)
