"""A test as a job: one test event for one subscription, and what came of it. Times are epoch seconds."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, State
from doorbell.domain.errors import ConfigError
from doorbell.domain.health import OWN_FAULTS
from doorbell.domain.replays import Selection
from doorbell.domain.trials import TEST_OVER, body_of, trial_key

WAIT_SECONDS, MOST_WAIT_SECONDS = 300.0, 3600.0
MAX_BODY = 4096
"""Bytes: a job's item is written a few times, and each KiB of it is a unit."""
FIRST_LOOK_SECONDS, MOST_BETWEEN_LOOKS_SECONDS = 1.0, 60.0


def job_body(data: Any) -> str:
    """As `body_of`; raises `ConfigError` for one that is too long for a job, too."""
    body = body_of(data)
    if len(body) > MAX_BODY:
        raise ConfigError("test", "data", f"is {len(body):,} bytes; at most {MAX_BODY:,} go into a job")
    return body.decode()


class Outcome(StrEnum):
    """`FAILED`: it was sent, and the answer was no success, or there was none. `NOT_SENT`: the guard refused
    it, something was missing, or the subscription was switched off. `NOT_YET`: nothing was tried in time."""

    DELIVERED = "delivered"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class TrialJob:
    """`selection`: from when it was asked until when its outcome is waited for; its states are of no use.

    `made_at`: since when the event is on record. `look_at`: until then there is nothing to do. `attempt`: the
    last one. `reason`: why it was not sent, or what it still waited for."""

    cursor: ClassVar[None] = None

    job_id: str
    selection: Selection
    event_type: str
    body: str
    made_at: float | None = None
    look_at: float | None = None
    outcome: Outcome | None = None
    attempt: Attempt | None = None
    reason: str = ""
    finished_at: float | None = None

    @property
    def key(self) -> DeliveryKey:
        """Follows from the job: made again, it is the same."""
        return trial_key(self.selection.tenant_id, self.job_id, self.selection.subscription_id)

    def rebased(self, now: float) -> "TrialJob":
        """Taken up again: it rests no more."""
        return replace(self, look_at=None)

    def made(self, now: float) -> "TrialJob":
        return replace(self, made_at=now, look_at=now + FIRST_LOOK_SECONDS)

    def rested(self, delivery: Delivery, now: float) -> "TrialJob":
        """Looked at less and less often: as long again as it has been under way, up to a minute; and when
        its time is over."""
        under_way = now - (now if self.made_at is None else self.made_at)
        wait = min(max(FIRST_LOOK_SECONDS, under_way), MOST_BETWEEN_LOOKS_SECONDS)
        left = self.selection.until - now
        look_at = now + (min(wait, left) if left > 0 else wait)
        return replace(self, look_at=look_at, attempt=_last(delivery), reason=waits_for(delivery))

    def ended(self, delivery: Delivery | None, now: float) -> "TrialJob":
        """`delivery`: as it ended; None: it is gone."""
        if delivery is None:
            return replace(self, outcome=Outcome.NOT_SENT, reason="gone", finished_at=now)
        outcome = outcome_of(delivery)
        reason = self.reason if outcome is Outcome.NOT_YET else _why(delivery)
        return replace(self, outcome=outcome, attempt=_last(delivery), reason=reason, finished_at=now)


def outcome_of(delivery: Delivery) -> Outcome:
    """Of one that has ended."""
    if delivery.state is State.DELIVERED:
        return Outcome.DELIVERED
    attempt = _last(delivery)
    if attempt is None:
        return Outcome.NOT_YET if delivery.reason == TEST_OVER else Outcome.NOT_SENT
    error = attempt.error or ""
    return Outcome.NOT_SENT if error in OWN_FAULTS or error.endswith("_refused") else Outcome.FAILED


def waits_for(delivery: Delivery) -> str:
    """ "" where it is under way."""
    if delivery.is_paused:
        return "paused"
    return "parked" if delivery.waits else ""


def _why(delivery: Delivery) -> str:
    """ "" where the last attempt says it."""
    return "" if delivery.reason in (None, TEST_OVER) else str(delivery.reason)


def _last(delivery: Delivery) -> Attempt | None:
    return delivery.attempts[-1] if delivery.attempts else None
