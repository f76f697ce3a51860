"""Rows of the two logs: all events of a tenant, and what a subscription missed. Times are epoch seconds."""

from dataclasses import dataclass

from doorbell.domain.deliveries import DeliveryKey

DAY_SECONDS = 86_400
KEPT_DAYS = 367
"""The longest retention the template offers, and a day for each end: of days before, nothing is on record."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """An event as the event log shows it; `created_at` is when fan-out recorded it."""

    event_id: str
    created_at: float
    event_type: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A delivery that ended without success: `state` is exhausted or cancelled."""

    key: DeliveryKey
    tenant_id: str
    ended_at: float
    state: str
    reason: str
