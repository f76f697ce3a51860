"""Calls to look at a delivery, and who gets to."""

from dataclasses import dataclass

from doorbell.domain.deliveries import Delivery, DeliveryKey


@dataclass(frozen=True, slots=True)
class DeliveryMessage:
    """A call to look at a delivery: make attempt number `attempt`, unless that is over. `release`: also if it
    is on a shelf."""

    key: DeliveryKey
    tenant_id: str
    attempt: int
    release: bool = False


@dataclass(frozen=True, slots=True)
class WakeCall:
    """A call to look at the list of those who wait for an endpoint."""

    tenant_id: str
    subscription_id: str


@dataclass(frozen=True, slots=True)
class WakeRow:
    """An endpoint that wants a look at `at`. `drains`: its list is being sent out."""

    call: WakeCall
    at: float
    drains: bool


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
