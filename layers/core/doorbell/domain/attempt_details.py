"""The whole story of an attempt, which is kept for a while beside the delivery. Times are epoch seconds."""

from dataclasses import dataclass

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.outbound import Wire


@dataclass(frozen=True, slots=True)
class AttemptDetails:
    """`total_ms`: as in the attempt."""

    key: DeliveryKey
    tenant_id: str
    number: int
    at: float
    total_ms: int
    wire: Wire
    expires_at: int
