"""Nowhere: where an event goes that has come round too often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorbell.domain.hops import too_many
from doorbell.domain.records import Incoming, RoutingPage

if TYPE_CHECKING:
    from doorbell.usecases.ports import Metrics


def beyond(incoming: Incoming, metrics: Metrics) -> RoutingPage | None:
    """The only page of such an event: nobody gets it. None of any other."""
    if not too_many(incoming.hops):
        return None
    metrics.count("HopsExceeded")
    return RoutingPage()
