"""Route: which of a tenant's subscriptions want an event, and why not, a page of them at a time."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorbell.domain.matching import Match, Reason, match
from doorbell.domain.records import Incoming, RoutingPage

if TYPE_CHECKING:
    from doorbell.domain.subscriptions import Interest, Subscription
    from doorbell.usecases.ports import Bodies, Clock, Filters, Metrics, Subscriptions

TURN_SECONDS = 4.0
"""A page ends early when its filters have taken so long: it is recorded then, and an event of ever so costly
filters gets on with each time it comes, also where ten such share a function's minute."""


@dataclass(frozen=True, slots=True)
class Route:
    subscriptions: Subscriptions
    bodies: Bodies
    filters: Filters
    clock: Clock
    metrics: Metrics

    def __call__(self, incoming: Incoming, after: str | None) -> RoutingPage:
        """What becomes of the event at every subscription of the page that begins after `after`. The body is
        read only where there is a filter, and only then others are waited for."""
        page = self.subscriptions.page(incoming.tenant_id, after)
        has_filters = any(s.filter for s in page.subscriptions)
        body = self._body(incoming) if has_filters else b""
        matches: list[Match] = []
        with self.filters.turn() if has_filters else nullcontext():
            end = self.clock() + TURN_SECONDS
            for subscription in page.subscriptions:
                if has_filters and matches and self.clock() >= end:
                    return RoutingPage(tuple(matches), after=matches[-1].subscription_id)
                matches.append(self._match(subscription, incoming, body))
        return RoutingPage(tuple(matches), page.after)

    def _match(self, subscription: Subscription | Interest, incoming: Incoming, body: bytes) -> Match:
        result = match(
            subscription,
            source_id=incoming.source_id,
            event_type=incoming.event_type,
            passes=lambda expression: self.filters.passes(expression, incoming, body),
        )
        if result.reason is Reason.FILTER_ERROR:
            self.metrics.count("FilterErrors")
        return result

    def _body(self, incoming: Incoming) -> bytes:
        if incoming.body.inline is not None:
            return incoming.body.inline
        return self.bodies.get(incoming.body.key or "")
