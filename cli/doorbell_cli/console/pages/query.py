"""What stands in an address behind the question mark, and in the fields of forms."""

import math

import typer
from starlette.requests import Request

from doorbell.domain.errors import Refusal
from doorbell_cli.ops.times import period

LEAST_RATE, MOST_RATE = 0.001, 10_000.0


def since_of(request: Request, usual: str, now: float) -> float:
    """Epoch seconds. Refuses (422) what is no time."""
    return period_of(request.query_params.get("since") or usual, "now", now)[0]


def period_of(since: str, until: str, now: float) -> tuple[float, float]:
    """Epoch seconds. Refuses (422) what are no times."""
    try:
        return period(since, until, now)
    except typer.BadParameter as error:
        raise Refusal(422, "bad_since", f"since, until: {error.message}") from None


def rate_of(text: str) -> float | None:
    """Deliveries a second; None: as usual. Refuses (422) what is none."""
    if not text.strip():
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not LEAST_RATE <= rate <= MOST_RATE:
        raise Refusal(422, "bad_rate", f"rate: must be a number from {LEAST_RATE:g} to {MOST_RATE:,.0f}")
    return rate
