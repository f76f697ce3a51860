"""Reading a signed time and judging its age, in both directions of clock skew."""

from collections.abc import Callable
from datetime import datetime

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.scheme import NEVER, TimestampAt

type Judge = Callable[[str, float, int | None], None]
"""Of a time as written, now (epoch seconds) and a tolerance in seconds (None: the scheme's own). Raises
`SignatureError`: timestamp_malformed, timestamp_out_of_tolerance."""

USUAL_DIGITS = 10
"""Of a time in seconds, from 2001 until 2286: what every request has is read without a further call."""
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


def _date(text: str) -> float:
    """RFC 9110's date, as Klaviyo has it; or RFC 3339's."""
    from email.utils import parsedate_to_datetime  # for the few that write it so

    if text[:1].isdigit():
        return _rfc3339(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError as error:
        raise SignatureError("timestamp_malformed") from error
    if moment.tzinfo is None:
        raise SignatureError("timestamp_malformed")
    return moment.timestamp()


def _seconds(text: str) -> float:
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise SignatureError("timestamp_malformed")
    return int(text)


def _milliseconds(text: str) -> float:
    number = _seconds(text)
    if number < _MILLISECONDS_FROM:
        raise SignatureError("timestamp_malformed")
    return number / 1000


def _either(text: str) -> float:
    number = _seconds(text)
    return number if number < _MILLISECONDS_FROM else number / 1000


UNITS: dict[str, Callable[[str], float]] = {
    "s": _seconds,
    "ms": _milliseconds,
    "s_or_ms": _either,
    "rfc3339": _rfc3339,
    "date": _date,
}


def epoch_seconds(text: str, unit: str) -> float:
    """`text` as epoch seconds; `SignatureError("timestamp_malformed")` when it is not of that unit."""
    return UNITS[unit](text)


def require_fresh(at: float, now: float, tolerance: int, ahead: int | None = None) -> None:
    """Refuse a time further from `now` than `tolerance` seconds, or than `ahead` in the future
    (`NEVER`: however far)."""
    future = tolerance if ahead is None or tolerance >= NEVER else min(ahead, tolerance)
    if ahead == NEVER:
        future = NEVER
    if not -future <= now - at <= tolerance:
        raise SignatureError("timestamp_out_of_tolerance")


def judge(stamp: TimestampAt) -> Judge:
    """The function that judges the times of a scheme, made once for it."""
    read, own, ahead, in_seconds = UNITS[stamp.unit], stamp.tolerance, stamp.ahead, stamp.unit == "s"

    def fresh(text: str, now: float, tolerance: int | None) -> None:
        is_usual = in_seconds and len(text) == USUAL_DIGITS and text.isascii() and text.isdigit()
        at = int(text) if is_usual else read(text)
        if tolerance is None:
            tolerance = own
        if ahead is not None:
            require_fresh(at, now, tolerance, ahead)
        elif not -tolerance <= now - at <= tolerance:
            raise SignatureError("timestamp_out_of_tolerance")

    return fresh
