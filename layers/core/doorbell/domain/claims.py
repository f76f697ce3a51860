"""Calls to look at a delivery, and who gets to."""

from dataclasses import dataclass

from doorbell.domain.deliveries import Delivery, DeliveryKey


@dataclass(frozen=True, slots=True)
class DeliveryMessage:
    """A call to look at a delivery: make attempt number `attempt`, unless that is over."""

    key: DeliveryKey
    tenant_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Due:
    """A row of the due index; it may lag behind the table."""

    key: DeliveryKey
    tenant_id: str
    due_at: float
    attempts_made: int


@dataclass(frozen=True, slots=True)
class Won:
    """The claim is ours: `delivery` as it is now, its lease included."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Lost:
    """The claim is not ours; `delivery` is what stood in the way, None when there is no such delivery."""

    delivery: Delivery | None
