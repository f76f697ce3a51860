"""What came of a test event."""

from collections.abc import Sequence
from dataclasses import dataclass

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.domain.trials import advice, says_verified
from doorbell_cli.ops.stories import answer
from doorbell_cli.ops.trying import VERIFIED


@dataclass(frozen=True, slots=True)
class Try:
    """`verified`: what the receiver says of the signature; None: nothing. `said`: that in words."""

    succeeded: bool
    answer: str
    milliseconds: int
    advice: str
    verified: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class Tested:
    """`left`: what becomes of it, in words; "" where it was delivered."""

    event_id: str
    delivered: bool
    tries: Sequence[Try]
    left: str


def tested(event_id: str, delivery: Delivery, left: str) -> Tested:
    delivered = delivery.state is State.DELIVERED
    tries = [_try(attempt, event_id) for attempt in delivery.attempts]
    return Tested(event_id, delivered, tries, "" if delivered else left)


def _try(attempt: Attempt, event_id: str) -> Try:
    verified = says_verified(attempt, event_id)
    told = answer(attempt), attempt.duration_ms, advice(attempt)
    return Try(attempt.is_success, *told, verified, VERIFIED[verified])
