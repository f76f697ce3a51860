"""Keep the details of an attempt, and show them. They are for people: nothing hangs on them, and an attempt
whose details could not be kept is none the worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.attempt_details import AttemptDetails
from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Unavailable
from doorbell.domain.outbound import Outcome
from doorbell.usecases.ports import Log


class DetailsStore(Protocol):
    def put(self, details: AttemptDetails) -> None: ...


class DetailsRead(Protocol):
    def of(self, event_id: str, subscription_id: str) -> Sequence[AttemptDetails]:
        """Of the first delivery and its replays, in order; those that have not expired."""


class Keeping(Protocol):
    def __call__(self, delivery: Delivery, outcome: Outcome, at: float) -> None: ...


@dataclass(frozen=True, slots=True)
class KeepDetails:
    """`seconds`: for how long. Costs one write unit for each KiB of an attempt's details, zipped, mostly one:
    of those alone whose outcome bears them, which are the failed ones unless the sender is told otherwise."""

    store: DetailsStore
    seconds: float
    log: Log

    def __call__(self, delivery: Delivery, outcome: Outcome, at: float) -> None:
        """Of an attempt that is on record. `delivery` as it was before it."""
        if outcome.wire is None:
            return
        expires_at = min(int(at + self.seconds), delivery.expires_at)
        details = AttemptDetails(
            key=delivery.key,
            tenant_id=delivery.tenant_id,
            number=delivery.next_attempt,
            at=at,
            total_ms=outcome.duration_ms,
            wire=outcome.wire,
            expires_at=expires_at,
        )
        try:
            self.store.put(details)
        except Unavailable as error:
            self.log.info("details_not_kept", event_id=delivery.key.event_id, cause=error.cause)


def keep_none(delivery: Delivery, outcome: Outcome, at: float) -> None:
    """Where none are to be kept."""
