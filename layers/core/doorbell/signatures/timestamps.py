"""Reading a signed time and judging its age, in both directions of clock skew."""

from datetime import datetime

from doorbell.domain.errors import SignatureError
from doorbell.signatures.scheme import NEVER

_MILLISECONDS_FROM = 100_000_000_000
"""As seconds this is the year 5138; as milliseconds 1973."""


def _rfc3339(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SignatureError("timestamp_malformed") from error
    if moment.tzinfo is None:
        raise SignatureError("timestamp_malformed")
    return moment.timestamp()


def epoch_seconds(text: str, unit: str) -> float:
    """`text` as epoch seconds; `SignatureError("timestamp_malformed")` when it is not of that unit."""
    if unit == "rfc3339":
        return _rfc3339(text)
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise SignatureError("timestamp_malformed")
    number = int(text)
    if unit == "s":
        return number
    if unit == "ms" and number < _MILLISECONDS_FROM:
        raise SignatureError("timestamp_malformed")
    if unit == "ms" or (unit == "s_or_ms" and number >= _MILLISECONDS_FROM):
        return number / 1000
    return number


def require_fresh(at: float, now: float, tolerance: int, ahead: int | None = None) -> None:
    """Refuse a time further from `now` than `tolerance` seconds, or than `ahead` in the future."""
    future = tolerance if ahead is None or tolerance >= NEVER else min(ahead, tolerance)
    if not -future <= now - at <= tolerance:
        raise SignatureError("timestamp_out_of_tolerance")
